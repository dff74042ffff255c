using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>What a client may send, and what comes of what it may not: RFC 9113 sections 5.1, 5.4 and 6, with no regard to how this server does it.</summary>
internal sealed class SendingModel(ConnectionModel connection)
{
    private const int MaxFrameSize = 16_384;

    private SentFrame? _block; // whose CONTINUATION is to follow

    /// <summary>A header block is under way.</summary>
    public bool IsInBlock => _block is not null;

    /// <summary>What a server may do about a frame that is sent now.</summary>
    public Reaction Judge(SentFrame frame)
    {
        if (frame.Payload.Length > MaxFrameSize) return new(false, [ErrorCode.FrameSizeError], [ErrorCode.FrameSizeError]);
        return Protocol.If(_block is not null && (frame.Type != FrameType.Continuation || frame.StreamId != _block.StreamId)).And(JudgeAlone(frame));
    }

    private Reaction JudgeAlone(SentFrame frame)
    {
        return frame.Type switch
        {
            FrameType.Data => OfData(frame),
            FrameType.Headers => OfHeaders(frame),
            FrameType.Continuation => _block is null || frame.StreamId == 0 ? Protocol : frame.Has(FrameFlags.EndHeaders) ? OfSection(_block) : Reaction.None,
            FrameType.Priority => OfPriority(frame),
            FrameType.RstStream => Size.If(frame.Payload.Length != 4).And(Protocol.If(connection.IsIdle(frame.StreamId))),
            FrameType.Settings => OfSettings(frame),
            FrameType.PushPromise => Protocol,
            FrameType.Ping => Protocol.If(frame.StreamId != 0).And(Size.If(frame.Payload.Length != 8)),
            FrameType.GoAway => Protocol.If(frame.StreamId != 0).And(Size.If(frame.Payload.Length < 8)),
            FrameType.WindowUpdate => OfWindowUpdate(frame),
            _ => Reaction.None, // section 4.1
        };
    }

    /// <summary>A frame was sent: what it changes if nothing is wrong with it.</summary>
    public void Apply(SentFrame frame, Reaction reaction)
    {
        var isRight = reaction.Nothing;
        if (frame.Type == FrameType.Data && frame.StreamId != 0)
        {
            connection.Window -= frame.Payload.Length;
            if (connection.Find(frame.StreamId) is not { } stream) return;
            stream.Window -= frame.Payload.Length;
            if (!isRight || !stream.TakesFrames) return;
            stream.Sent += DataLength(frame);
            stream.ClientEnded |= frame.EndStream;
        }
        else if (frame.Type == FrameType.Headers && frame.Payload.Length <= MaxFrameSize)
        {
            if (frame.Has(FrameFlags.EndHeaders)) ApplySection(frame, isRight);
            else if (isRight) _block = frame;
        }
        else if (frame.Type == FrameType.Continuation && _block is { } block)
        {
            if (!frame.Has(FrameFlags.EndHeaders)) return;
            _block = null;
            ApplySection(block, isRight);
        }
        else if (isRight)
        {
            connection.ApplyOther(frame);
        }
    }

    /// <summary>The octets of DATA without its padding; -1 if that is longer than the frame.</summary>
    public static int DataLength(SentFrame frame) =>
        !frame.Has(FrameFlags.Padded) ? frame.Payload.Length : frame.Payload.Length == 0 ? -1 : Math.Max(-1, frame.Payload.Length - 1 - frame.Payload[0]);

    private void ApplySection(SentFrame frame, bool isRight)
    {
        var id = frame.StreamId;
        if (connection.IsIdle(id) && (id & 1) == 1 && frame.Section is { } section)
        {
            connection.Open(new StreamModel(id, ConnectionModel.InitialWindow, connection.InitialSendWindow)
            {
                ClientEnded = frame.EndStream,
                IsHead = section.IsHead,
                Declared = section.ContentLength,
                IsIgnored = id > connection.LastServed,
            });
        }
        else if (isRight && connection.Find(id) is { TakesFrames: true } stream)
        {
            stream.ClientEnded = true;
        }
    }

    private static Reaction Protocol => Reaction.Connection(ErrorCode.ProtocolError);

    private static Reaction Size => Reaction.Connection(ErrorCode.FrameSizeError);

    private Reaction OfData(SentFrame frame)
    {
        if (frame.StreamId == 0) return Protocol;
        var reaction = Reaction.None;
        var length = DataLength(frame);
        if (length < 0) reaction = reaction.And(frame.Payload.Length == 0 ? new(false, [ErrorCode.FrameSizeError], [ErrorCode.FrameSizeError, ErrorCode.ProtocolError]) : Protocol);
        if (frame.Payload.Length > connection.Window) reaction = reaction.And(Reaction.Connection(ErrorCode.FlowControlError));
        if (connection.IsIdle(frame.StreamId)) return reaction.And(Protocol);
        if (connection.Find(frame.StreamId) is not { } stream) return reaction.And(OfSkipped);
        if (OfClosed(stream) is { } late) return reaction.And(late);
        if (frame.Payload.Length > stream.Window) reaction = reaction.And(Reaction.Stream(ErrorCode.FlowControlError));
        // Section 8.1.1: a request whose DATA does not sum up to its content-length is malformed.
        var sum = stream.Sent + length;
        if (stream.Declared >= 0 && (sum > stream.Declared || (frame.EndStream && sum != stream.Declared))) reaction = reaction.And(Reaction.Stream(ErrorCode.ProtocolError));
        return reaction;
    }

    /// <summary>Section 5.1, half-closed (remote) and closed. Null for a stream that takes frames.</summary>
    private static Reaction? OfClosed(StreamModel stream)
    {
        var closed = Reaction.Stream(ErrorCode.StreamClosed);
        if (stream.IsIgnored) return stream.ResetByClient ? closed.OrNothing() : Reaction.None;
        if (stream.ResetByServer) return stream.ResetByClient || stream.ClientEnded ? closed.OrNothing() : Reaction.None;
        return stream.TakesFrames ? null : closed;
    }

    /// <summary>Section 5.1.1: never opened, below one that was.</summary>
    private static Reaction OfSkipped => new(false, [ErrorCode.StreamClosed], [ErrorCode.StreamClosed, ErrorCode.ProtocolError]);

    private Reaction OfHeaders(SentFrame frame)
    {
        if (frame.StreamId == 0) return Protocol;
        var length = frame.Payload.Length;
        var priority = frame.Has(FrameFlags.Priority) ? 5 : 0;
        if (frame.Has(FrameFlags.Padded))
        {
            if (length == 0) return Reaction.Connection(ErrorCode.FrameSizeError, ErrorCode.ProtocolError);
            length -= 1 + frame.Payload[0];
            if (length < 0) return Protocol;
        }
        if (length < priority) return Reaction.Connection(ErrorCode.FrameSizeError, ErrorCode.ProtocolError);
        return frame.Has(FrameFlags.EndHeaders) ? OfSection(frame) : Reaction.None;
    }

    private Reaction OfSection(SentFrame frame)
    {
        if (frame.Section is not { } section) return Reaction.Connection(ErrorCode.CompressionError);
        var id = frame.StreamId;
        var malformed = Reaction.Stream(ErrorCode.ProtocolError);
        if ((id & 1) == 0) return Protocol;
        if (connection.IsIdle(id))
        {
            if (id > connection.LastServed) return Reaction.None;
            var reaction = section.IsMalformed || section.IsTrailers || (frame.EndStream && section.ContentLength > 0) ? malformed : Reaction.None;
            // RFC 9113 has dropped the rule of RFC 7540 section 5.3.1.
            if (DependsOnItself(frame)) reaction = reaction.And(malformed.OrNothing());
            // Section 5.1.2.
            return reaction.And(Reaction.Stream(ErrorCode.RefusedStream, ErrorCode.ProtocolError).If(connection.Open().Count() >= ConnectionModel.MaxStreams));
        }
        if (connection.Find(id) is not { } stream) return Reaction.Connection(ErrorCode.ProtocolError, ErrorCode.StreamClosed);
        if (OfClosed(stream) is { } late) return late;
        var isTrailers = section is { IsTrailers: true, IsMalformed: false } && frame.EndStream;
        return isTrailers && (stream.Declared < 0 || stream.Sent == stream.Declared) ? Reaction.None : malformed;
    }

    private static bool DependsOnItself(SentFrame frame)
    {
        if (!frame.Has(FrameFlags.Priority)) return false;
        var at = frame.Has(FrameFlags.Padded) ? 1 : 0;
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(at)) & int.MaxValue) == frame.StreamId;
    }

    private Reaction OfPriority(SentFrame frame)
    {
        // Section 6.4: RST_STREAM must not be sent on an idle stream.
        var isIdle = connection.IsIdle(frame.StreamId);
        var reaction = Protocol.If(frame.StreamId == 0);
        if (frame.Payload.Length != 5) return reaction.And(isIdle ? Size : Reaction.Stream(ErrorCode.FrameSizeError));
        if (frame.StreamId == 0) return reaction;
        if (frame.First != frame.StreamId) return Reaction.None;
        return isIdle ? Protocol.OrNothing() : Reaction.Stream(ErrorCode.ProtocolError).OrNothing();
    }

    private Reaction OfSettings(SentFrame frame)
    {
        var reaction = Protocol.If(frame.StreamId != 0);
        // One SETTINGS of the server's, acknowledged in the handshake: another acknowledgement is none's.
        if (frame.Has(FrameFlags.Ack)) return reaction.And(frame.Payload.Length > 0 ? Size : Protocol.OrNothing());
        if (frame.Payload.Length % Setting.Size != 0) return reaction.And(Size);
        foreach (var setting in ConnectionModel.Settings(frame))
        {
            if (setting is { Id: SettingId.EnablePush, Value: > 1 } or { Id: SettingId.MaxFrameSize, Value: < 16_384 or > 16_777_215 }) reaction = reaction.And(Protocol);
            if (setting.Id == SettingId.InitialWindowSize && setting.Value > int.MaxValue) reaction = reaction.And(Reaction.Connection(ErrorCode.FlowControlError));
        }
        if (reaction != Reaction.None) return reaction;
        var by = connection.WindowAfter(frame) - connection.InitialSendWindow;
        return connection.Open().Any(stream => stream.SendWindow + by > int.MaxValue) ? Reaction.Connection(ErrorCode.FlowControlError) : Reaction.None;
    }

    private Reaction OfWindowUpdate(SentFrame frame)
    {
        if (frame.Payload.Length != 4) return Size;
        if (frame.StreamId == 0)
        {
            if (frame.First == 0) return Protocol;
            return connection.SendWindow + frame.First > int.MaxValue ? Reaction.Connection(ErrorCode.FlowControlError) : Reaction.None;
        }
        if (connection.IsIdle(frame.StreamId)) return Protocol;
        var stream = connection.Find(frame.StreamId);
        var isClosed = stream is null or { IsClosed: true };
        if (frame.First == 0) return isClosed ? Reaction.Stream(ErrorCode.ProtocolError).OrNothing() : Reaction.Stream(ErrorCode.ProtocolError);
        if (isClosed || stream!.SendWindow + frame.First <= int.MaxValue) return Reaction.None;
        // Where the response is complete, its window is of no account any more.
        return stream.ServerEnded ? Reaction.Stream(ErrorCode.FlowControlError).OrNothing() : Reaction.Stream(ErrorCode.FlowControlError);
    }
}
