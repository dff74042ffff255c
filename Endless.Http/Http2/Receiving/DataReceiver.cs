using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>Takes DATA in (RFC 9113 section 6.1): counts it against both windows, and gives it to its request's body. Guarded by the connection's gate.</summary>
internal sealed class DataReceiver(ConnectionParts parts, StreamTable<Http2Stream> streams, LateFrames late)
{
    private readonly ReceiveAccount _account = parts.Account;

    public Http2Error Receive(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (!_account.TryReceive(frame.Length)) return Http2Error.Connection(ErrorCode.FlowControlError, "DATA exceeds the connection's window.");
        if (FramePayload.Unpad(frame, ref payload) is { IsError: true } error) return error;
        if (payload.IsEmpty && !frame.EndStream && !parts.Allowance.TrySpend()) return Http2Error.Calm("Too much DATA that carries nothing.");
        if (streams.Find(frame.StreamId) is not { } stream)
        {
            _account.Consume(frame.Length);
            return late.Judge(frame, "DATA");
        }
        if (Check(stream, frame, payload.Length) is { IsError: true } wrong)
        {
            _account.Consume(frame.Length);
            return wrong;
        }
        var body = stream.Body!;
        var surplus = frame.Length - (int)payload.Length;
        if (stream.IsHandlerDone || stream.IsHeld || body.IsEnded)
        {
            // Nobody reads.
            body.Discard((int)payload.Length);
            surplus = frame.Length;
        }
        else if (!payload.IsEmpty)
        {
            body.Append(payload);
        }
        if (surplus > 0)
        {
            _account.Consume(surplus);
            if (!frame.EndStream) body.Consume(surplus); // behind it nothing may come on the stream, and its window is of no use
        }
        if (frame.EndStream) stream.EndRequest(trailers: null);
        else stream.OnDiscarded(surplus);
        return default;
    }

    private static Http2Error Check(Http2Stream stream, in FrameHeader frame, long length)
    {
        if (stream.IsRemoteEnded) return Http2Error.Stream(ErrorCode.StreamClosed, "DATA behind END_STREAM.");
        if (!stream.Body!.TryReceive(frame.Length)) return Http2Error.Stream(ErrorCode.FlowControlError, "DATA exceeds its stream's window.");
        return stream.Agrees(length, frame.EndStream);
    }
}
