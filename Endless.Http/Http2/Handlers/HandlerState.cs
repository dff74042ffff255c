namespace Endless.Http.Http2;

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
