using Endless.Http.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore;

/// <summary>What a client may have, under Kestrel's names and with Kestrel's defaults. Read when the server starts. Not thread-safe.</summary>
public sealed class EndlessServerLimits
{
    /// <summary>So that with the request line it is within what the server itself takes, 256 MiB.</summary>
    private const int MostHeaderBytes = 128 << 20;

    /// <summary>
    /// Bytes of a request body, over which reading it fails with 413; null for no limit. Default 30,000,000. One request's may be changed by <c>[RequestSizeLimit]</c>, <c>[DisableRequestSizeLimit]</c>
    /// or <c>IHttpMaxRequestBodySizeFeature</c>.
    /// </summary>
    public long? MaxRequestBodySize { get; set => field = value is null or >= 0 ? value : throw Allowed.Refused(nameof(MaxRequestBodySize), value, "zero or more, or null for no limit"); } = 30_000_000;

    /// <summary>
    /// Connections at once to the addresses that have the same settings; null, the default, for no limit. For one more the one that has waited longest for a request is closed, where there is one; else
    /// the new one is. Kestrel always closes the new one. WebSockets do not count.
    /// </summary>
    public long? MaxConcurrentConnections { get; set => field = value is null or > 0 ? value : throw Allowed.Refused(nameof(MaxConcurrentConnections), value, "one or more, or null for no limit"); }

    /// <summary>Bytes of a request's header fields; over it 431. Default 32 KiB, 128 MiB are the most. What the request line leaves of its own limit counts for them too.</summary>
    public int MaxRequestHeadersTotalSize { get; set => field = Allowed.OneOrMore(value, MostHeaderBytes); } = 32 * 1024;

    /// <summary>
    /// Bytes of the header fields of all requests that one HTTP/2 connection has under way; for one more it is told to try again (REFUSED_STREAM). Null, the default, for 4 MiB or what one request may have, whichever is more. Kestrel has no such limit
    /// but one on the number of requests.
    /// </summary>
    public int? MaxRequestHeadersTotalSizePerConnection { get; set => field = value is null or > 0 ? value : throw Allowed.Refused(nameof(MaxRequestHeadersTotalSizePerConnection), value, "one or more, or null for the default"); }

    /// <summary>Header fields of a request; over it 431. Default 100.</summary>
    public int MaxRequestHeaderCount { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 100;

    /// <summary>Bytes of a request line; over it 414. Default 8 KiB, 64 MiB are the most.</summary>
    public int MaxRequestLineSize { get; set => field = Allowed.OneOrMore(value, MostHeaderBytes / 2); } = 8 * 1024;

    /// <summary>Between two requests of a connection. Default 130 s; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan KeepAliveTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(130);

    /// <summary>From the first byte of a request to the end of its header fields; over it 408. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan RequestHeadersTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(30);

    /// <summary>At which a request body must come while it is waited for; slower, reading it fails with 408. Default 240 bytes a second after 5 s; null for none.</summary>
    public MinDataRate? MinRequestBodyDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));

    /// <summary>At which a client must take a response while something of it waits to be sent; slower, the connection is closed. Default 240 bytes a second after 5 s; null for none.</summary>
    public MinDataRate? MinResponseDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));
}
