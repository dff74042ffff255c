using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>What becomes of a header section that was decoded: a request, or the trailer section of one (RFC 9113 section 8.1). Guarded by the connection's gate.</summary>
internal sealed class HeaderSectionReceiver(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamOpener opener, GoAway goAway, LateFrames late)
{
    private readonly Http2RequestHead _head = new(parts.Context.Limits, isSecure: parts.Transport.Tls is not null);

    /// <summary>Takes a section.</summary>
    /// <param name="frame">The HEADERS frame that it began with.</param>
    /// <param name="dependency">The stream that the priority fields name; 0 if there were none.</param>
    /// <param name="fields">The section.</param>
    /// <param name="isRead">Before: it repeats the last section. After: it was a request that can be served, so that the next one need not be read if it is a repeat.</param>
    public Http2Error Receive(in FrameHeader frame, int dependency, HeaderFieldList fields, ref bool isRead)
    {
        if (streams.Find(frame.StreamId) is { } stream) return OnTrailers(stream, frame, fields);
        if ((frame.StreamId & 1) == 0) return Http2Error.Protocol("A client's stream has an even identifier.");
        if (frame.StreamId <= streams.LastId) return late.Judge(frame, "HEADERS");
        return OnRequest(frame, dependency, fields, ref isRead);
    }

    /// <summary>Nothing of the last section is needed any more.</summary>
    public void Forget() => _head.Clear();

    private Http2Error OnRequest(in FrameHeader frame, int dependency, HeaderFieldList fields, ref bool isRead)
    {
        streams.LastId = frame.StreamId;
        if (goAway.IsFinal)
        {
            // Above the last stream of the final GOAWAY: the client knows that it is not served, and will try elsewhere. What it sends on the stream before it knows is passed over (section 6.8).
            if (!parts.Allowance.TrySpend()) return Http2Error.Calm("Too many streams behind GOAWAY.");
            streams.PassOver(frame.StreamId);
            return default;
        }
        if (dependency == frame.StreamId) return Http2Error.Stream(ErrorCode.ProtocolError, "A stream depends on itself.");
        if (streams.Count >= Http2Limits.MaxConcurrentStreams || streams.Running >= Http2Limits.MaxConcurrentStreams)
            return Refuse(frame.StreamId, "Too many streams above SETTINGS_MAX_CONCURRENT_STREAMS.");
        if (!isRead && !fields.TooLarge)
        {
            if (!_head.TryRead(fields.Fields, frame.EndStream)) return Http2Error.Stream(ErrorCode.ProtocolError, "A request is malformed.");
            isRead = true;
        }
        // A section that is too large is not kept, and gets its answer. The only one of a connection is bounded by its own limit.
        var size = fields.TooLarge ? 0 : fields.Size;
        var isTooMuch = parts.Budget.Heads.Held is > 0 and var held && held + size > parts.Context.Limits.MaxConnectionHeaderBytes;
        if (isTooMuch || !parts.Budget.TryOpenStream(size)) return Refuse(frame.StreamId, "Too many streams above what the server can hold.");
        parts.Allowance.Earn(Http2Limits.EarnedByRequest);
        if (fields.TooLarge) opener.OpenUnread(frame, fields.Method);
        else opener.Open(frame, _head, size);
        return default;
    }

    private Http2Error OnTrailers(Http2Stream stream, in FrameHeader frame, HeaderFieldList fields)
    {
        if (stream.IsRemoteEnded) return Http2Error.Stream(ErrorCode.StreamClosed, "HEADERS behind END_STREAM.");
        // Section 8.1: a second header section is the trailer section, and ends the request.
        if (!frame.EndStream) return Http2Error.Stream(ErrorCode.ProtocolError, "A trailer section does not end its stream.");
        if (stream.Agrees(0, ends: true) is { IsError: true } error) return error;
        var trailers = new FieldLines();
        if (fields.TooLarge || !Http2RequestHead.TryReadTrailers(fields.Fields, trailers)) return Http2Error.Stream(ErrorCode.ProtocolError, "A trailer section is malformed.");
        if (parts.Budget.Heads.Held + fields.Size > parts.Context.Limits.MaxConnectionHeaderBytes || !parts.Budget.Heads.TryAdd(fields.Size))
            return Http2Error.Stream(ErrorCode.EnhanceYourCalm, "The server holds as much of header sections as it can.");
        stream.HeaderBytes += fields.Size;
        stream.EndRequest(trailers);
        return default;
    }

    /// <summary>Refuses a request unseen: the client may send it again (section 8.7).</summary>
    private Http2Error Refuse(int streamId, string tooOften)
    {
        if (!parts.Allowance.TrySpend()) return Http2Error.Calm(tooOften);
        parts.WriteReset(streamId, ErrorCode.RefusedStream);
        streams.PassOver(streamId);
        return default;
    }
}
