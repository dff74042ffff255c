namespace Endless.Http.Http2.Frames;

/// <summary>
/// What is wrong with what the peer sent, and whether it costs a stream or the connection (RFC 9113 section 5.4). The default value means
/// nothing is wrong. A value and not an exception, because a client can bring it about at will.
/// </summary>
internal readonly record struct Http2Error
{
    private Http2Error(ErrorCode code, string reason, bool endsConnection)
    {
        Code = code;
        Reason = reason;
        EndsConnection = endsConnection;
    }

    public ErrorCode Code { get; }

    /// <summary>For the debug data of GOAWAY; null if nothing is wrong.</summary>
    public string? Reason { get; }

    /// <summary>Answered with GOAWAY and the end of the connection, else with RST_STREAM.</summary>
    public bool EndsConnection { get; }

    public bool IsError => Reason != null;

    /// <summary>A connection error (RFC 9113 section 5.4.1).</summary>
    public static Http2Error Connection(ErrorCode code, string reason) => new(code, reason, true);

    /// <summary>A stream error (RFC 9113 section 5.4.2).</summary>
    public static Http2Error Stream(ErrorCode code, string reason) => new(code, reason, false);

    /// <summary>The connection error of a peer that breaks the protocol's rules.</summary>
    public static Http2Error Protocol(string reason) => Connection(ErrorCode.ProtocolError, reason);

    /// <summary>The connection error of a peer that asks for more than it is given.</summary>
    public static Http2Error Calm(string reason) => Connection(ErrorCode.EnhanceYourCalm, reason);
}
