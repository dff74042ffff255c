using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>
/// Where to listen, as Go writes it: <c>:8080</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:0</c>, or <c>unix:/path.sock</c>; or <c>systemd:NAME</c>, a socket of the service manager's.
/// As ASP.NET Core writes it, too, where that says the same: <c>http://localhost:8080</c>, <c>*:8080</c>, <c>http://+:8080/</c>.
/// </summary>
internal sealed record ListenAddress
{
    private const string UnixPrefix = "unix:";
    private const string ServicePrefix = "systemd:";
    private const string HttpPrefix = "http://";

    private ListenAddress(string text) => Text = text;

    /// <summary>The address as it was configured; it names the listener across a restart.</summary>
    public string Text { get; }

    /// <summary>The path of a UNIX socket, else null.</summary>
    public string? Path { get; private init; }

    /// <summary>The name of a socket that the service manager passes to this process, else null. Nothing else is known of where that listens.</summary>
    public string? ServiceName { get; private init; }

    /// <summary>The host to listen on; empty for every address, IPv4 and IPv6.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port; 0 lets the kernel choose.</summary>
    public int Port { get; private init; }

    /// <summary>Reads an address. An empty one is <c>:80</c>, as in Go.</summary>
    /// <exception cref="FormatException">It is not of any of these forms; the message names it.</exception>
    public static ListenAddress Parse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal)) return ParsePath(text);
        if (text.StartsWith(ServicePrefix, StringComparison.Ordinal)) return new ListenAddress(text) { ServiceName = text[ServicePrefix.Length..] };
        if (text.Length == 0) return new ListenAddress(text) { Port = 80 };

        var place = text;
        if (text.StartsWith(HttpPrefix, StringComparison.OrdinalIgnoreCase))
        {
            place = text[HttpPrefix.Length..];
            if (place.EndsWith('/')) place = place[..^1]; // as launchSettings.json and ASPNETCORE_URLS have it
        }
        if (AddressMistakes.In(place) is { } mistake) throw Wrong(text, mistake);

        var colon = place.LastIndexOf(':');
        var host = place[..colon];
        if (!ushort.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw Wrong(text, "the port must be a number from 0 to 65535");
        if (host is "*" or "+")
        {
            host = "";
        }
        else if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
                throw Wrong(text, "the brackets hold no IPv6 address");
        }
        return new ListenAddress(text) { Host = host, Port = port };
    }

    private static ListenAddress ParsePath(string text)
    {
        var path = text[UnixPrefix.Length..];
        if (path.Length == 0) throw Wrong(text, "the path is missing");
        if (path.Contains('\0')) throw Wrong(text, "the path holds a NUL");
        if (Encoding.UTF8.GetByteCount(path) >= SockAddr.MaxPathBytes)
            throw Wrong(text, $"the path is longer than {SockAddr.MaxPathBytes - 1} bytes, all that a UNIX socket can have");
        return new ListenAddress(text) { Path = path };
    }

    /// <summary>The endpoint to bind to; a name is looked up, its first address counts, IPv4 first as in Go; a path counts from the working directory.</summary>
    /// <param name="path">Where a UNIX socket is, if it is known better than from <see cref="Path"/>.</param>
    /// <exception cref="SocketException">The name is unknown.</exception>
    public EndPoint Resolve(string? path = null)
    {
        // What loads an assembly in a method of its own: System.Net.Sockets is half a megabyte.
        if (Path != null) return UnixEndPoint(SocketFile.ForBind(path ?? Path));
        if (Host.Length == 0) return new IPEndPoint(MayUseIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Port);
        return new IPEndPoint(IPAddress.TryParse(Host, out var address) ? address : LookUp(Host), Port);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static UnixDomainSocketEndPoint UnixEndPoint(string path) => new(path);

    /// <summary>Nobody has told .NET to do without (that is its to judge). That the machine has none shows when the socket is made.</summary>
    private static bool MayUseIPv6 =>
        (AppContext.GetData("System.Net.DisableIPv6") is null && Environment.GetEnvironmentVariable("DOTNET_SYSTEM_NET_DISABLEIPV6") is null) || IsIPv6Supported();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsIPv6Supported() => Socket.OSSupportsIPv6;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IPAddress LookUp(string host)
    {
        var addresses = Dns.GetHostAddresses(host);
        return Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
    }

    /// <summary>The address as it was configured.</summary>
    public override string ToString() => Text;

    private static FormatException Wrong(string text, string why) =>
        new($"Cannot listen on \"{text}\": {why}. An address is of the form \":8080\", \"127.0.0.1:8080\", \"[::1]:8080\", \"localhost:0\", \"unix:/path.sock\" or \"systemd:NAME\".");
}
