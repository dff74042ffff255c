namespace Endless.Http.Benchmarks;

/// <summary>What a server has to speak for some work.</summary>
internal enum Protocol
{
    /// <summary>HTTP/1.1 in the clear.</summary>
    Http1,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Http1OverTls,

    /// <summary>HTTP/2 in the clear with prior knowledge.</summary>
    Http2,

    /// <summary>HTTP/2 over TLS by ALPN.</summary>
    Http2OverTls,
}
