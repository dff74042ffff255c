namespace Endless.Http;

/// <summary>Why a WebSocket was closed, as its Close frame says (RFC 6455 section 7.4.1, and IANA's registry). 3000 to 3999 are registered by libraries, 4000 to 4999 are an application's own.</summary>
public static class WebSocketCloseCodes
{
    /// <summary>1000: what it was opened for is done.</summary>
    public const int Normal = 1000;

    /// <summary>1001: the server stops, or the page was left.</summary>
    public const int GoingAway = 1001;

    /// <summary>1002: a frame breaks the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>1003: text or bytes came where the other was wanted.</summary>
    public const int UnsupportedData = 1003;

    /// <summary>1005: the peer's Close frame has no code. Never sent.</summary>
    public const int NoStatus = 1005;

    /// <summary>1006: the connection ended without a Close frame. Never sent.</summary>
    public const int Abnormal = 1006;

    /// <summary>1007: text is not UTF-8, or a message cannot be decompressed.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>1008: a message goes against a rule of the application.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>1009: a message is longer than <see cref="WebSocketOptions.MaxMessageBytes"/>.</summary>
    public const int MessageTooBig = 1009;

    /// <summary>1010: an extension that the client needs was not agreed on. Clients send it.</summary>
    public const int MandatoryExtension = 1010;

    /// <summary>1011: the server met something that it did not expect.</summary>
    public const int InternalError = 1011;

    /// <summary>1012: the server restarts; connect again.</summary>
    public const int ServiceRestart = 1012;

    /// <summary>1013: the server has too much to do; connect again later.</summary>
    public const int TryAgainLater = 1013;

    /// <summary>1014: a gateway got a wrong answer.</summary>
    public const int BadGateway = 1014;

    /// <summary>A code that may be in a Close frame (RFC 6455 section 7.4.2).</summary>
    internal static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
