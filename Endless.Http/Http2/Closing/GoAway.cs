using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>
/// How a connection takes leave (RFC 9113 section 6.8): first GOAWAY with the highest identifier, which says that the end is near and refuses nothing; after a
/// round trip, by when the client has heard of it, GOAWAY with the last stream; and when the streams are done, the end. So every request is either
/// served or known not to have been. Guarded by the connection's gate.
/// </summary>
internal sealed class GoAway(ConnectionParts parts, StreamTable<Http2Stream> streams)
{
    // Only the ACK flag tells it from the client's own PING; the value is there for the reader of a capture.
    private const ulong RoundTrip = 0x656e646c65737321;

    private long _deadline;
    private int _lastId;

    /// <summary>The client knows that it is to open no more streams, or will know soon.</summary>
    public bool IsAnnounced { get; private set; }

    /// <summary>Streams above the last are not served.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>When the round trip is no longer waited for.</summary>
    public long Deadline => IsAnnounced && !IsFinal ? _deadline : long.MaxValue;

    /// <summary>The first step.</summary>
    public void Announce(long grace)
    {
        if (IsAnnounced) return;
        IsAnnounced = true;
        _deadline = parts.Transport.Now + grace;
        parts.Output.Frames.WriteGoAway(int.MaxValue, ErrorCode.NoError);
        parts.Output.Frames.WritePing(RoundTrip);
    }

    /// <summary>A PING came (section 6.7): an answer, or one to answer.</summary>
    public Http2Error OnPing(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        var data = FramePayload.ReadPing(payload);
        if (!frame.Ack) parts.Output.Frames.WritePing(data, ack: true);
        else if (data == RoundTrip) Finish();
        return default;
    }

    /// <summary>GOAWAY came: the client opens no more streams, and those open are finished.</summary>
    public Http2Error OnPeerLeaves()
    {
        Finish();
        return default;
    }

    /// <summary>The second step; also at once when it is the client that takes leave.</summary>
    public void Finish(ErrorCode code = ErrorCode.NoError, string reason = "")
    {
        // An error may still follow a leave-taking.
        if (IsFinal && code == ErrorCode.NoError) return;
        // The last stream, once sent, stays the same: streams that the client opened since then are passed over.
        if (!IsFinal) _lastId = streams.LastId;
        IsAnnounced = IsFinal = true;
        parts.Output.Frames.WriteGoAway(_lastId, code, reason);
    }
}
