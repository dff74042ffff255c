namespace Endless.Http.Http2;

/// <summary>Where a stream is in its life: the picture of RFC 9113 section 5.1, without what belongs to server push.</summary>
internal enum StreamState : byte
{
    /// <summary>Not opened: an object that waits for its next stream.</summary>
    Idle,

    /// <summary>Both sides may send.</summary>
    Open,

    /// <summary>The client sent END_STREAM: the request is complete.</summary>
    HalfClosedRemote,

    /// <summary>The server sent END_STREAM: the response is complete, and the request is not.</summary>
    HalfClosedLocal,

    /// <summary>No frame is sent or expected any more; how it came to that is a <see cref="StreamClosure"/>.</summary>
    Closed,
}

/// <summary>Where the handler of a stream's request is.</summary>
internal enum HandlerState : byte
{
    /// <summary>It runs, or the end of its response is being written.</summary>
    Running,

    /// <summary>It has returned, and the end of its response waits for the end of the request.</summary>
    Holding,

    /// <summary>It has returned, or was never called; nothing of the request is read and nothing of the response written any more.</summary>
    Done,
}
