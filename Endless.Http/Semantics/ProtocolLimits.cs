using Endless.Http.Connections;

namespace Endless.Http.Semantics;

/// <summary>Sizes beyond which a request is refused, with Go's and Kestrel's defaults.</summary>
internal sealed record ProtocolLimits
{
    /// <summary>Bytes of request line and header section together; over it 431. Go's DefaultMaxHeaderBytes.</summary>
    public int MaxHeaderBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of the header sections that one connection of HTTP/2 has under way. nginx's 32 KiB for each of 128 requests; Kestrel's come to 3.1 MiB, Go's to 250.</summary>
    public int MaxConnectionHeaderBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of the request line; over it 414. Kestrel's MaxRequestLineSize.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>Number of header fields; over it 431. Kestrel's MaxRequestHeaderCount.</summary>
    public int MaxHeaderCount { get; init; } = 100;

    /// <summary>Bytes of the trailer section of a chunked body; over it 431.</summary>
    public int MaxTrailerBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of a request body, -1 for no limit; over it 413. Go has no limit of its own.</summary>
    public long MaxBodyBytes { get; init; } = -1;

    /// <summary>Unread bytes of a body that are read and thrown away so that the connection can be kept. Go's maxPostHandlerReadBytes.</summary>
    public int MaxDiscardBytes { get; init; } = 256 * 1024;

    /// <summary>Requests that one connection may make; the last one's response says that it closes. 0 for no limit. nginx's keepalive_requests.</summary>
    public long MaxRequestsPerConnection { get; init; }

    /// <summary>Bytes per second at which a body must arrive while somebody waits for it; 0 switches the check off. Kestrel's MinRequestBodyDataRate.</summary>
    public int MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>The rate at which a client must take a response while octets wait for it, null for none. Kestrel's MinResponseDataRate.</summary>
    public LeastRate? LeastResponseRate { get; init; } = new(240, 5_000);

    /// <summary>Milliseconds of waiting before <see cref="MinBodyBytesPerSecond"/> is looked at.</summary>
    public int MinBodyRateGrace { get; init; } = 5_000;
}
