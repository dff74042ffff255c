namespace Endless.Http.Http1;

/// <summary>What is left of a connection after a request and its response.</summary>
internal enum ExchangeOutcome
{
    /// <summary>Another request may follow.</summary>
    KeepAlive,

    /// <summary>That was the last response, and the client knows or has asked for it.</summary>
    Close,

    /// <summary>That was the last response, and the client may be sending still: a close at once could reset the connection before the response is read (RFC 9112 section 9.6).</summary>
    Linger,

    /// <summary>A handler owns the connection now.</summary>
    Hijacked,
}
