namespace Endless.Http.WebSockets;

/// <summary>What <see cref="MessageReader.Read"/> came to.</summary>
internal enum ReadStep
{
    /// <summary>Nothing before more bytes come.</summary>
    NeedsMore,

    /// <summary>A message, or a part of one.</summary>
    Message,

    /// <summary>A ping, to be answered with its payload.</summary>
    Ping,

    /// <summary>The client closes, with what the payload says.</summary>
    Close,

    /// <summary>What came breaks the protocol or a limit; nothing can be read behind it.</summary>
    Failed,
}
