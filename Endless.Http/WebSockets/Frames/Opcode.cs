namespace Endless.Http.WebSockets;

/// <summary>What a frame is (RFC 6455 section 5.2).</summary>
internal enum Opcode : byte
{
    /// <summary>Goes on with the message of the data frame before it.</summary>
    Continuation = 0,

    /// <summary>Begins a message of text.</summary>
    Text = 1,

    /// <summary>Begins a message of bytes.</summary>
    Binary = 2,

    /// <summary>The first of the control frames.</summary>
    Close = 8,

    /// <summary>Is to be answered.</summary>
    Ping = 9,

    /// <summary>Answers a ping.</summary>
    Pong = 10,
}
