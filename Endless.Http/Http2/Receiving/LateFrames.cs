using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>What becomes of a frame on a stream that is not open (RFC 9113 section 5.1). Guarded by the connection's gate.</summary>
internal sealed class LateFrames(StreamTable<Http2Stream> streams, ClientAllowance allowance)
{
    /// <summary>What is wrong with a frame, if anything is.</summary>
    /// <param name="frame">On a stream that is not open.</param>
    /// <param name="what">Its name, for the client.</param>
    public Http2Error Judge(in FrameHeader frame, string what)
    {
        if (streams.IsIdle(frame.StreamId)) return Http2Error.Protocol($"{what} on an idle stream.");
        switch (streams.Closed.Find(frame.StreamId))
        {
            // On its way when the stream was reset: its window bounds it.
            case StreamClosure.ResetHere when frame.Type == FrameType.Data && streams.Closed.TryReceive(frame.StreamId, frame.Length):
                return default;
            case StreamClosure.ResetHere:
                return allowance.TrySpend() ? default : Http2Error.Calm("Too many frames on closed streams.");
            case StreamClosure.ResetByPeer:
                return Http2Error.Stream(ErrorCode.StreamClosed, $"{what} behind RST_STREAM.");
            case StreamClosure.Unknown when frame.StreamId > streams.Closed.Forgotten:
                // Section 5.1.1: passed over when a higher one was opened.
                return Http2Error.Protocol($"{what} on a stream that was never opened, below one that was.");
            case StreamClosure.Unknown when frame.Type == FrameType.Data:
                return Http2Error.Stream(ErrorCode.StreamClosed, $"{what} on a stream closed long ago.");
            default:
                return Http2Error.Connection(ErrorCode.StreamClosed, $"{what} behind END_STREAM.");
        }
    }
}
