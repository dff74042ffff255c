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
