namespace Endless.Http.Tests.Programs;

/// <summary>How a client of the storm speaks.</summary>
internal enum StormProtocol
{
    /// <summary>HTTP/1.1 in the clear, bodies by length.</summary>
    Length,

    /// <summary>HTTP/1.1 in the clear, bodies in chunks.</summary>
    Chunked,

    /// <summary>HTTP/1.1 over TLS, bodies of either kind.</summary>
    Tls,

    /// <summary>HTTP/2 in the clear.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,
}

internal static class StormProtocols
{
    public static bool IsHttp2(this StormProtocol protocol) => protocol is StormProtocol.H2c or StormProtocol.H2;

    public static bool IsTls(this StormProtocol protocol) => protocol is StormProtocol.Tls or StormProtocol.H2;
}
