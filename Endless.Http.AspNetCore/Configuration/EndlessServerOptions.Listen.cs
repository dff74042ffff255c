using System.Net;
using Endless.Http.AspNetCore.Configuration;

namespace Endless.Http.AspNetCore;

public sealed partial class EndlessServerOptions
{
    private readonly List<EndpointRequest> _endpoints = [];

    /// <summary>Where the program and its configuration want to listen; that wins over the host's urls.</summary>
    internal IReadOnlyList<EndpointRequest> Endpoints => _endpoints;

    /// <summary>Listens on an address and port.</summary>
    /// <param name="address">The address; <see cref="IPAddress.IPv6Any"/> is every address, of IPv4 and IPv6.</param>
    /// <param name="port">From 0, for which the system chooses one, to 65535.</param>
    /// <param name="configure">Changes protocols and TLS; called when the server starts.</param>
    public void Listen(IPAddress address, int port, Action<EndlessListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Listen(new IPEndPoint(address, port), configure);
    }

    /// <inheritdoc cref="Listen(IPAddress, int, Action{EndlessListenOptions}?)"/>
    /// <param name="endPoint">Address and port.</param>
    /// <param name="configure">Changes protocols and TLS; called when the server starts.</param>
    public void Listen(IPEndPoint endPoint, Action<EndlessListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Add(ListenPlace.Of(endPoint), configure);
    }

    /// <summary>Listens where a URL says: <c>http://localhost:5000</c>, <c>https://*:443</c>, <c>http://unix:/run/x.sock</c>, <c>http://systemd:web</c> (a socket of the service manager's, by its name).</summary>
    /// <param name="url">The URL. With <c>https</c> TLS is spoken, with the certificate that <paramref name="configure"/> or the configuration names.</param>
    /// <param name="configure">Changes protocols and TLS; called when the server starts.</param>
    /// <exception cref="FormatException">It is not such a URL; the message says what to write.</exception>
    public void Listen(string url, Action<EndlessListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        _endpoints.Add(EndpointRequest.Of(url, configure));
    }

    /// <summary>Listens on every address, of IPv4 and IPv6.</summary>
    /// <inheritdoc cref="Listen(IPAddress, int, Action{EndlessListenOptions}?)" path="/param"/>
    public void ListenAnyIP(int port, Action<EndlessListenOptions>? configure = null) => Listen(IPAddress.IPv6Any, port, configure);

    /// <summary>Listens on 127.0.0.1 and ::1, or on the one of them that there is.</summary>
    /// <param name="port">From 1 to 65535: the system cannot choose one for both.</param>
    /// <param name="configure">Changes protocols and TLS; called when the server starts.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no port, or 0: use <see cref="Listen(IPAddress, int, Action{EndlessListenOptions}?)"/> with <see cref="IPAddress.Loopback"/>.</exception>
    public void ListenLocalhost(int port, Action<EndlessListenOptions>? configure = null)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
            throw new ArgumentOutOfRangeException(nameof(port), port, "The port of localhost must be from 1 to 65535; for one that the system chooses listen on IPAddress.Loopback.");
        Add(ListenPlace.Localhost("localhost", port), configure);
    }

    /// <summary>Listens on a UNIX socket.</summary>
    /// <param name="socketPath">Its path, from the root.</param>
    /// <param name="configure">Changes protocols and TLS; called when the server starts.</param>
    /// <exception cref="ArgumentException">The path does not begin at the root.</exception>
    public void ListenUnixSocket(string socketPath, Action<EndlessListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(socketPath);
        if (!socketPath.StartsWith('/')) throw new ArgumentException($"The path of a UNIX socket must begin with a slash; \"{socketPath}\" does not.", nameof(socketPath));
        Add(ListenPlace.Unix(socketPath), configure);
    }

    private void Add(ListenPlace place, Action<EndlessListenOptions>? configure) => _endpoints.Add(new EndpointRequest(place, IsHttps: false, configure));
}
