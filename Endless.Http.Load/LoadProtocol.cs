namespace Endless.Http.Load;

/// <summary>What the clients speak.</summary>
public enum LoadProtocol
{
    /// <summary>HTTP/1.1 in the clear.</summary>
    Http1,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Tls,

    /// <summary>HTTP/2 in the clear, with prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,
}
