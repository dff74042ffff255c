using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Where to listen, as Kestrel understands a URL: what Endless.Http's addresses are for it, and how the application is told of it.</summary>
/// <param name="Addresses">Endless.Http's; two for localhost. Written in one way whatever the URL looked like, since an address names its socket across a restart.</param>
/// <param name="EndPoint">The address and port; null for one that has a path or a name.</param>
internal sealed record ListenPlace(IReadOnlyList<string> Addresses, IPEndPoint? EndPoint)
{
    private const string LocalhostName = "localhost";
    private const string ServicePrefix = "systemd:";
    private const string UnixPrefix = "unix:";
    private const string PortExpected = "the port must be a number from 0 to 65535";
    private const string Forms = "A URL is of the form \"http://localhost:5000\", \"http://*:8080\", \"https://127.0.0.1:443\", \"http://[::1]:8080\", \"http://unix:/path.sock\" or \"http://systemd:NAME\".";

    /// <summary>The path of a UNIX socket; null for another place.</summary>
    public string? SocketPath { get; private init; }

    /// <summary>The name by which both loopback addresses are asked for: <c>localhost</c>, or one that ends with <c>.localhost</c>; null for another place.</summary>
    public string? LocalhostHost { get; private init; }

    /// <summary>An address and port.</summary>
    public static ListenPlace Of(IPEndPoint endPoint) => new([AddressOf(endPoint)], endPoint);

    /// <summary>The loopback addresses.</summary>
    /// <param name="host">By which name.</param>
    /// <param name="port">Not 0.</param>
    public static ListenPlace Localhost(string host, int port) =>
        new([.. LoopbackAddresses.Present.Select(address => AddressOf(new IPEndPoint(address, port)))], new IPEndPoint(IPAddress.Loopback, port)) { LocalhostHost = host };

    /// <summary>A UNIX socket.</summary>
    public static ListenPlace Unix(string path) => new([UnixPrefix + path], null) { SocketPath = path };

    /// <summary>Reads a URL.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="isHttps">It asks for TLS.</param>
    /// <exception cref="FormatException">It is not one to listen on; the message says what to write.</exception>
    public static ListenPlace Parse(string url, out bool isHttps)
    {
        var delimiter = url.IndexOf(Uri.SchemeDelimiter, StringComparison.Ordinal);
        if (delimiter < 0) throw Wrong(url, $"the scheme is missing; write \"http://{url}\"");
        isHttps = url[..delimiter].ToLowerInvariant() switch
        {
            "http" => false,
            "https" => true,
            _ => throw Wrong(url, "the scheme must be http or https"),
        };
        var rest = url[(delimiter + Uri.SchemeDelimiter.Length)..];
        if (rest.StartsWith(ServicePrefix, StringComparison.Ordinal)) return new([rest], null);
        if (rest.StartsWith(UnixPrefix, StringComparison.Ordinal) && !rest.StartsWith(UnixPrefix + "/", StringComparison.Ordinal))
            throw Wrong(url, "the path of a UNIX socket must begin with a slash");
        return Of(url, Read(url));
    }

    private static ListenPlace Of(string url, BindingAddress address)
    {
        if (address.PathBase.Length > 0) throw Wrong(url, $"a path is no part of where to listen; leave \"{address.PathBase}\" out and call app.UsePathBase(\"{address.PathBase}\")");
        if (address.IsUnixPipe) return Unix(address.UnixPipePath);
        if (address.IsNamedPipe) throw Wrong(url, "named pipes are Windows' own; write \"http://unix:/path.sock\"");
        if (address.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort) throw Wrong(url, PortExpected);
        if (IsLocalhost(address.Host))
        {
            if (address.Port == 0) throw Wrong(url, "the system cannot choose one port for both loopback addresses; write \"http://127.0.0.1:0\", \"http://[::1]:0\" or both");
            return Localhost(address.Host.ToLowerInvariant(), address.Port);
        }
        if (IPAddress.TryParse(address.Host, out var ip)) return Of(new IPEndPoint(ip, address.Port));
        if (address.Host.Contains(':')) throw Wrong(url, PortExpected);
        return Of(new IPEndPoint(IPAddress.IPv6Any, address.Port)); // for "*" and "+", and as Kestrel does for any name
    }

    private static BindingAddress Read(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException e)
        {
            throw Wrong(url, e.Message.Contains("port", StringComparison.OrdinalIgnoreCase) ? PortExpected : "the host is missing");
        }
    }

    private static bool IsLocalhost(string host) => host.Equals(LocalhostName, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + LocalhostName, StringComparison.OrdinalIgnoreCase);

    private static string AddressOf(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.IPv6Any) ? string.Create(CultureInfo.InvariantCulture, $":{endPoint.Port}") : endPoint.ToString();

    private static FormatException Wrong(string url, string why) => new($"Cannot listen on \"{url}\": {why}. {Forms}");
}
