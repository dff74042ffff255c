using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>Opens a stream for each request, and has its handler called. Guarded by the connection's gate.</summary>
internal sealed class StreamOpener(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender, StreamDeadlines deadlines, GoAway goAway)
{
    private readonly HandlerRunner _runner = new(parts);
    private long _begun;

    /// <summary>Opens a stream whose header section was read.</summary>
    /// <param name="frame">The frame that opens it.</param>
    /// <param name="head">The section.</param>
    /// <param name="headerBytes">What it counts for in the connection's budget, where it is counted.</param>
    public void Open(in FrameHeader frame, Http2RequestHead head, long headerBytes)
    {
        var stream = Take();
        stream.HeaderBytes = headerBytes;
        stream.Fields.CopyFrom(head.Fields);
        stream.Open(frame.StreamId, frame.EndStream, head.ControlData, head.ContentLength, head.ExpectsContinue, head.Rejection);
        Start(stream);
    }

    /// <summary>Opens a stream whose header section is too large, and was not read.</summary>
    /// <param name="frame">The frame that opens it.</param>
    /// <param name="method">The method, if it is known all the same.</param>
    public void OpenUnread(in FrameHeader frame, string? method)
    {
        var stream = Take();
        stream.Open(frame.StreamId, frame.EndStream, new ControlData(method ?? "", null, ProtocolVersion.Http20, ""), contentLength: -1, expectsContinue: false, Rejections.HeaderTooLarge);
        Start(stream);
    }

    /// <summary>Opens stream 1 with the request that asked for HTTP/2. False if the process has no room for it.</summary>
    public bool TryOpen(UpgradeRequest upgrade)
    {
        if (!parts.Budget.TryOpenStream(0)) return false;
        streams.LastId = 1;
        var stream = Take();
        stream.Fields.CopyFrom(upgrade.Fields);
        stream.Open(1, endStream: true, upgrade.ControlData, contentLength: 0, expectsContinue: false, rejection: null);
        Start(stream);
        return true;
    }

    /// <inheritdoc cref="HandlerRunner.IsQueued"/>
    public bool IsWaiting(Http2Stream stream) => _runner.IsQueued(stream);

    private Http2Stream Take() => streams.Take() ?? new Http2Stream(parts, sender, streams);

    private void Start(Http2Stream stream)
    {
        deadlines.OnOpened(stream);
        _runner.Queue(stream);
        // As on HTTP/1, requests per connection are limited; GOAWAY lets the client move on without losing one.
        var most = parts.Context.Limits.MaxRequestsPerConnection;
        if (most > 0 && ++_begun >= most) goAway.Announce(parts.Context.Timeouts.DrainGrace);
    }
}
