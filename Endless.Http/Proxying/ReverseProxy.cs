using System.Net.Sockets;
using Endless.Http.Proxying;

namespace Endless.Http;

/// <summary>
/// Passes requests on to another server, and its responses back. As Go's <c>httputil.ReverseProxy</c>:
/// <code>
/// mux.Handle("/api/", new ReverseProxy("http://127.0.0.1:9000"));
/// </code>
/// Bodies are streamed both ways, trailers, HEAD and upgrades (WebSocket) included; nothing is buffered, decoded, redirected or remembered.
/// </summary>
/// <remarks>
/// <para>The path is sent as it came, behind that of the destination; one with a segment <c>..</c>, encoded or not, is answered with 400. Fields about the connection go no further (RFC 9110 section 7.6.1).</para>
/// <para>A destination that cannot be connected to is left out for a while, and the request goes to the next one. Nothing else is sent twice, but what a connection that was idle lost before it was read, and only where
/// the method allows that. Failures are answered with 502 or 504; behind the head of a response they end it so that the client sees that it is not whole.</para>
/// <para>Thread-safe. Disposing of it closes the connections to the destinations.</para>
/// </remarks>
public sealed class ReverseProxy : IHandler, IDisposable
{
    private readonly ReverseProxyOptions _options;
    private readonly BackendExchange _exchange;
    private readonly Destinations? _destinations;
    private readonly Func<Request, Uri>? _choose;
    private readonly List<HttpMessageInvoker> _senders = [];

    /// <summary>A proxy for one destination.</summary>
    /// <param name="destination">Scheme, host and port, and a path that comes before each request's: <c>http://127.0.0.1:9000</c>, <c>https://app.example/v1</c>; or a UNIX socket: <c>unix:/run/app.sock</c>.</param>
    /// <param name="options">How requests are passed on; null for the defaults.</param>
    /// <exception cref="ArgumentException">It is no such URL.</exception>
    public ReverseProxy(string destination, ReverseProxyOptions? options = null) : this([destination], options) { }

    /// <summary>A proxy for several destinations that answer the same.</summary>
    /// <param name="destinations">Each as for one.</param>
    /// <param name="options">How requests are passed on; null for the defaults.</param>
    /// <exception cref="ArgumentException">One is no such URL, or there is none.</exception>
    public ReverseProxy(IEnumerable<string> destinations, ReverseProxyOptions? options = null) : this(options)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        var all = new List<Destination>();
        foreach (var destination in destinations) all.Add(Parse(destination));
        if (all.Count == 0) throw new ArgumentException("There is no destination: give at least one URL.", nameof(destinations));
        _destinations = new Destinations([.. all], _options.LoadBalancing);
    }

    /// <summary>A proxy that goes where a function says.</summary>
    /// <param name="destination">
    /// For each request the destination, as a URL with a path that comes before the request's. Server-side request forgery: a host that the client chooses is to be one of a list. What it throws is the handler's failure.
    /// </param>
    /// <param name="options">How requests are passed on; null for the defaults.</param>
    public ReverseProxy(Func<Request, Uri> destination, ReverseProxyOptions? options = null) : this(options)
    {
        ArgumentNullException.ThrowIfNull(destination);
        _choose = destination;
        _senders.Add(Connector.Create(_options, socket: null));
    }

    private ReverseProxy(ReverseProxyOptions? options)
    {
        _options = (options ?? new ReverseProxyOptions()).Checked();
        _exchange = new BackendExchange(_options);
    }

    /// <inheritdoc/>
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        if (OutgoingRequest.Refusal(r) is { } refusal)
        {
            await _exchange.FailAsync(w, r, refusal).ConfigureAwait(false);
            return;
        }
        if (_choose is not null)
        {
            await _exchange.TryRunAsync(w, r, new Destination(Check(_choose(r)), socket: null, _senders[0]), isLast: true).ConfigureAwait(false);
            return;
        }
        List<Destination>? tried = null;
        while (_destinations!.Choose(tried) is { } destination)
        {
            var isLast = _destinations.Count == (tried?.Count ?? 0) + 1;
            if (await _exchange.TryRunAsync(w, r, destination, isLast).ConfigureAwait(false)) return;
            (tried ??= []).Add(destination);
        }
    }

    /// <summary>Closes the connections to the destinations; requests under way fail.</summary>
    public void Dispose()
    {
        foreach (var sender in _senders) sender.Dispose();
    }

    private Destination Parse(string destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        UnixDomainSocketEndPoint? socket = null;
        var url = destination;
        if (destination.StartsWith("unix:", StringComparison.Ordinal))
        {
            socket = new UnixDomainSocketEndPoint(destination["unix:".Length..]);
            url = "http://localhost";
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)) throw NoDestination(destination);
        Check(parsed);
        var sender = Connector.Create(_options, socket);
        _senders.Add(sender);
        return new Destination(parsed, socket, sender);
    }

    private static Uri Check(Uri? url) =>
        url is { IsAbsoluteUri: true, UserInfo: "", Fragment: "" } && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? url : throw NoDestination(url?.ToString());

    private static ArgumentException NoDestination(string? destination) =>
        new($"\"{destination}\" is no destination: give \"http://host:port\" or \"https://host:port\", with a path if one comes before each request's, without user and fragment, or \"unix:/path\".", nameof(destination));
}
