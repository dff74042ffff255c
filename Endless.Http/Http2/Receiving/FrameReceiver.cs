using System.Buffers;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>
/// Takes the client's frames in the order in which they came, and says what is wrong with one (RFC 9113 sections 5 and 6). Guarded by the
/// connection's gate; what is to run because of a frame is queued, not called.
/// </summary>
internal sealed class FrameReceiver(Http2Connection connection, ProtocolContext context)
{
    private readonly HpackDecoder _decoder = new();
    private readonly HeaderFieldList _fields = new(context.Limits.MaxHeaderBytes, context.Limits.MaxHeaderCount + 4, Http2Limits.MaxReferenced); // and four pseudo-headers
    // Some way above the limit of the list, so that a request a little over it gets its 431.
    private readonly HeaderBlock _block = new(2 * context.Limits.MaxHeaderBytes);
    private readonly RequestHead _head = new(context.Limits, isSecure: connection.Transport.Tls is not null);
    private readonly RepeatedBlock _repeated = new(); // of what is in _fields and _head
    private FrameMeter _control = new(Http2Limits.ControlBurst, Http2Limits.ControlPerSecond);
    private FrameMeter _resets = new(Http2Limits.ResetBurst, Http2Limits.ResetsPerSecond);
    private int _dataFramesSeen;
    private int _decoded; // octets of header blocks

    private StreamTable Streams => connection.Streams;

    private FrameWriter Output => connection.Output.Frames;

    /// <summary>The client's first SETTINGS came: its preface is complete (section 3.4).</summary>
    public bool HasSettings { get; private set; }

    /// <summary>A header block is under way since this time, in milliseconds of <see cref="Connections.Connection.Now"/>; 0 if none is.</summary>
    public long BlockSince { get; private set; }

    /// <summary>Takes a frame whose header was checked by <see cref="FrameRules"/>.</summary>
    public Http2Error Receive(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        if (_block.IsOpen && (frame.Type != FrameType.Continuation || frame.StreamId != _block.First.StreamId)) return Protocol("A header block is interrupted.");
        if (!HasSettings && (frame.Type != FrameType.Settings || frame.Ack)) return Protocol("The client's preface does not go on with SETTINGS.");
        if (!Affords(frame)) return Calm("Too many frames that carry nothing.");
        return frame.Type switch
        {
            FrameType.Data => OnData(frame, payload),
            FrameType.Headers => OnHeaders(frame, payload),
            FrameType.Priority => OnPriority(frame, payload),
            FrameType.RstStream => OnRstStream(frame),
            FrameType.Settings => OnSettings(frame, payload),
            FrameType.Ping => OnPing(frame, payload),
            FrameType.GoAway => OnGoAway(),
            FrameType.WindowUpdate => OnWindowUpdate(frame, payload),
            FrameType.Continuation => OnContinuation(frame, payload),
            _ => default, // an extension nobody asked for (section 4.1)
        };
    }

    /// <summary>So many octets of header blocks were decoded since the last call that others are to have their turn.</summary>
    public bool TakeHeavyWork()
    {
        if (_decoded < Http2Limits.DecodedPerTurn) return false;
        _decoded = 0;
        return true;
    }

    /// <summary>A request was cut short. False if the client brings that about too often.</summary>
    public bool AffordsReset() => _resets.TrySpend();

    /// <summary>A request was answered in full.</summary>
    public void OnAnswered() => _resets.Earn(1);

    private bool Affords(in FrameHeader frame)
    {
        var sent = connection.Sender.DataFrames;
        if (sent != _dataFramesSeen)
        {
            _control.Earn((sent - _dataFramesSeen) * Http2Limits.EarnedByData);
            _dataFramesSeen = sent;
        }
        return frame.Type switch
        {
            FrameType.Headers or FrameType.Continuation => true,
            FrameType.Data => true, // by what it carries, when its padding is off
            _ => _control.TrySpend(),
        };
    }

    private Http2Error OnData(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (!connection.Account.TryReceive(frame.Length)) return Flow("DATA exceeds the connection's window.");
        if (FramePayload.Unpad(frame, ref payload) is { IsError: true } error) return error;
        if (payload.IsEmpty && !frame.EndStream && !_control.TrySpend()) return Calm("Too much DATA that carries nothing.");
        if (Streams.Find(frame.StreamId) is not { } stream)
        {
            connection.Account.Consume(frame.Length);
            return OnLate(frame, "DATA");
        }
        if (stream.IsRemoteEnded)
        {
            connection.Account.Consume(frame.Length);
            return Http2Error.Stream(ErrorCode.StreamClosed, "DATA behind END_STREAM.");
        }
        var body = stream.Body!;
        if (!body.TryReceive(frame.Length))
        {
            connection.Account.Consume(frame.Length);
            return Http2Error.Stream(ErrorCode.FlowControlError, "DATA exceeds its stream's window.");
        }
        if (!body.Agrees(payload.Length, frame.EndStream))
        {
            connection.Account.Consume(frame.Length);
            return Http2Error.Stream(ErrorCode.ProtocolError, "DATA does not agree with Content-Length.");
        }
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
            connection.Account.Consume(surplus);
            if (!frame.EndStream) body.Consume(surplus); // behind it nothing may come on the stream, and its window is of no use
        }
        if (!frame.EndStream)
        {
            stream.OnDiscarded(surplus);
            return default;
        }
        if (!body.IsEnded) body.End(trailers: null);
        stream.EndRemote();
        return default;
    }

    private Http2Error OnHeaders(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (FramePayload.OpenHeaders(frame, ref payload, out var dependency) is { IsError: true } error) return error;
        if (frame.EndHeaders && payload.IsSingleSegment) return OnBlock(frame, dependency, payload.FirstSpan);
        error = _block.Begin(frame, dependency, payload);
        if (error.IsError) return error;
        if (frame.EndHeaders)
        {
            error = OnBlock(frame, dependency, _block.Octets);
            _block.Close();
            return error;
        }
        BlockSince = connection.Transport.Now;
        _repeated.Forget();
        _fields.Clear();
        _head.Clear();
        _decoder.Begin();
        return OnFragment(isEnd: false);
    }

    private Http2Error OnContinuation(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        if (!_block.IsOpen) return Protocol("CONTINUATION does not follow HEADERS.");
        if (_block.Append(payload) is { IsError: true } error) return error;
        if (OnFragment(frame.EndHeaders) is { IsError: true } wrong) return wrong;
        if (!frame.EndHeaders) return default;
        BlockSince = 0;
        _block.Close();
        connection.Budget.TryHoldBlock(0);
        error = OnSection(_block.First, _block.Dependency, repeats: false);
        _fields.Clear();
        _head.Clear();
        return error;
    }

    /// <summary>Decodes as much of an open block as there is whole: a block of 2 MiB, in one go at its end, would hold up the loop for a tenth of a second.</summary>
    private Http2Error OnFragment(bool isEnd)
    {
        _decoded += _block.Octets.Length;
        if (!_decoder.TryDecode(_block.Octets, isEnd, _fields, out var consumed)) return Http2Error.Connection(ErrorCode.CompressionError, "A header block cannot be decoded.");
        _block.Consume(consumed);
        // A block that is being decoded cannot be given up without the connection.
        return connection.Budget.TryHoldBlock(_block.Room + _fields.Size) ? default : Calm("The server holds as much of header sections as it can.");
    }

    private Http2Error OnBlock(in FrameHeader frame, int dependency, ReadOnlySpan<byte> octets)
    {
        // Whatever becomes of it, a block is decoded, since the next one may refer to what it put into the table (section 4.3); but for the last request's once more, which left the table as it is.
        var repeats = _repeated.Repeats(octets, frame.EndStream, _decoder.Table.Version);
        if (!repeats)
        {
            _fields.Clear();
            _decoded += octets.Length;
            if (!_decoder.Decode(octets, _fields)) return Http2Error.Connection(ErrorCode.CompressionError, "A header block cannot be decoded.");
        }
        var error = OnSection(frame, dependency, repeats);
        // Kept for the next request where that may be the same once more. Else an idle connection would hold the last section: 2 MB after a field of one.
        if (_repeated.IsConfirmed) return error;
        _fields.Clear();
        _head.Clear();
        return error;
    }

    private Http2Error OnSection(in FrameHeader frame, int dependency, bool repeats)
    {
        if (Streams.Find(frame.StreamId) is { } stream) return OnTrailers(stream, frame);
        if ((frame.StreamId & 1) == 0) return Protocol("A client's stream has an even identifier.");
        if (frame.StreamId <= Streams.LastId) return OnLate(frame, "HEADERS");
        return OnRequest(frame, dependency, repeats);
    }

    private Http2Error OnRequest(in FrameHeader frame, int dependency, bool repeats)
    {
        Streams.LastId = frame.StreamId;
        if (connection.HasLeft)
        {
            // Behind the last stream that the final GOAWAY named: the client knows that it is not served, and will try elsewhere. What it sends on it until it has heard is passed over (section 6.8).
            if (!_control.TrySpend()) return Calm("Too many streams behind GOAWAY.");
            Streams.Closed.Add(frame.StreamId, StreamClosure.ResetHere, Http2Limits.StreamWindow);
            return default;
        }
        if (dependency == frame.StreamId) return Http2Error.Stream(ErrorCode.ProtocolError, "A stream depends on itself.");
        if (Streams.Count >= Http2Limits.MaxConcurrentStreams || Streams.Running >= Http2Limits.MaxConcurrentStreams)
        {
            if (!_control.TrySpend()) return Calm("Too many streams above SETTINGS_MAX_CONCURRENT_STREAMS.");
            connection.Refuse(frame.StreamId);
            return default;
        }
        if (!repeats && !_fields.TooLarge)
        {
            if (!_head.TryRead(_fields.Fields, frame.EndStream)) return Http2Error.Stream(ErrorCode.ProtocolError, "A request is malformed.");
            _repeated.Confirm();
        }
        // A section that is too large is not kept, and gets its answer. The only one of a connection is bounded by its own limit.
        var size = _fields.TooLarge ? 0 : _fields.Size;
        var isTooMuch = connection.Budget.Heads.Held is > 0 and var held && held + size > context.Limits.MaxConnectionHeaderBytes;
        if (isTooMuch || !connection.Budget.TryOpenStream(size))
        {
            if (!_control.TrySpend()) return Calm("Too many streams above what the server can hold.");
            connection.Refuse(frame.StreamId);
            return default;
        }
        _control.Earn(Http2Limits.EarnedByRequest);
        var stream = Streams.Take();
        stream.HeaderBytes = size;
        if (!_fields.TooLarge) stream.Fields.CopyFrom(_head.Fields);
        connection.Begin(stream, frame, _head, _fields.TooLarge ? Rejections.HeaderTooLarge : _head.Rejection, _fields.Method);
        return default;
    }

    private Http2Error OnTrailers(Http2Stream stream, in FrameHeader frame)
    {
        if (stream.IsRemoteEnded) return Http2Error.Stream(ErrorCode.StreamClosed, "HEADERS behind END_STREAM.");
        // Section 8.1: a second header section is the trailer section, and ends the request.
        if (!frame.EndStream) return Http2Error.Stream(ErrorCode.ProtocolError, "A trailer section does not end its stream.");
        if (!stream.Body!.Agrees(0, ends: true)) return Http2Error.Stream(ErrorCode.ProtocolError, "DATA does not agree with Content-Length.");
        var trailers = new FieldLines();
        if (_fields.TooLarge || !RequestHead.TryReadTrailers(_fields.Fields, trailers)) return Http2Error.Stream(ErrorCode.ProtocolError, "A trailer section is malformed.");
        if (connection.Budget.Heads.Held + _fields.Size > context.Limits.MaxConnectionHeaderBytes || !connection.Budget.Heads.TryAdd(_fields.Size))
            return Http2Error.Stream(ErrorCode.EnhanceYourCalm, "The server holds as much of header sections as it can.");
        stream.HeaderBytes += _fields.Size;
        if (!stream.Body.IsEnded) stream.Body.End(trailers);
        stream.EndRemote();
        return default;
    }

    /// <summary>A frame on a stream that is not open (section 5.1).</summary>
    private Http2Error OnLate(in FrameHeader frame, string what)
    {
        if (IsIdle(frame.StreamId)) return Protocol($"{what} on an idle stream.");
        switch (Streams.Closed.Find(frame.StreamId))
        {
            // On its way when the stream was reset: its window bounds it.
            case StreamClosure.ResetHere when frame.Type == FrameType.Data && Streams.Closed.TryReceive(frame.StreamId, frame.Length):
                return default;
            case StreamClosure.ResetHere:
                return _control.TrySpend() ? default : Calm("Too many frames on closed streams.");
            case StreamClosure.ResetByPeer:
                return Http2Error.Stream(ErrorCode.StreamClosed, $"{what} behind RST_STREAM.");
            case StreamClosure.Unknown when frame.StreamId > Streams.Closed.Forgotten:
                // Section 5.1.1: passed over when a higher one was opened.
                return Protocol($"{what} on a stream that was never opened, below one that was.");
            case StreamClosure.Unknown when frame.Type == FrameType.Data:
                return Http2Error.Stream(ErrorCode.StreamClosed, $"{what} on a stream closed long ago.");
            default:
                return Http2Error.Connection(ErrorCode.StreamClosed, $"{what} behind END_STREAM.");
        }
    }

    private Http2Error OnPriority(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        // Deprecated (section 5.3.2) and without effect, but not without rules. No RST_STREAM goes to an idle stream (section 6.4).
        if (frame.Length != 5) return Wrong(ErrorCode.FrameSizeError, "PRIORITY is not of 5 octets.", frame);
        return FramePayload.ReadInt31(payload) == frame.StreamId ? Wrong(ErrorCode.ProtocolError, "A stream depends on itself.", frame) : default;

        Http2Error Wrong(ErrorCode code, string reason, in FrameHeader frame) => IsIdle(frame.StreamId) ? Http2Error.Connection(code, reason) : Http2Error.Stream(code, reason);
    }

    private Http2Error OnRstStream(in FrameHeader frame)
    {
        if (IsIdle(frame.StreamId)) return Protocol("RST_STREAM on an idle stream.");
        if (Streams.Find(frame.StreamId) is not { } stream)
        {
            // Both sides have reset it: behind the client's own RST_STREAM nothing was under way.
            Streams.Closed.OnPeerReset(frame.StreamId);
            return default;
        }
        if (!stream.IsLocalEnded && !AffordsReset()) return Calm("Too many requests are cancelled.");
        stream.Reset(StreamClosure.ResetByPeer, new RequestBodyException(400, "The client cancelled the request."));
        return default;
    }

    private Http2Error OnSettings(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (frame.Ack) return connection.OnSettingsAck();
        HasSettings = true;
        if (ApplySettings(ref payload) is { IsError: true } error) return error;
        // Before anything that the new values allow (section 6.5.3): a client that has not seen the acknowledgement holds a frame to the old ones, and Node's resets the stream.
        Output.WriteSettingsAck();
        connection.Sender.Pump();
        return default;
    }

    /// <summary>Takes over settings in the order in which they stand (section 6.5.3). Sends nothing that they allow.</summary>
    public Http2Error ApplySettings(ref ReadOnlySequence<byte> payload)
    {
        var peer = connection.Peer;
        var window = peer.InitialWindowSize;
        while (!payload.IsEmpty)
        {
            if (peer.Apply(Setting.Take(ref payload)) is { IsError: true } error) return error;
            connection.Sender.Encoder.SetPeerTableSize(peer.HeaderTableSize);
        }
        // Once, by the last of them: nothing is sent in between, and 2,730 changes in a frame, each of 250 windows, took 18 ms for one token.
        return connection.TryMoveWindows(peer.InitialWindowSize - window) ? default : Flow("SETTINGS_INITIAL_WINDOW_SIZE lifts a stream's window above 2^31-1.");
    }

    private Http2Error OnPing(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        var data = FramePayload.ReadPing(payload);
        if (frame.Ack) connection.OnPingAck(data);
        else Output.WritePing(data, ack: true);
        return default;
    }

    private Http2Error OnGoAway()
    {
        connection.OnGoAway();
        return default;
    }

    private Http2Error OnWindowUpdate(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        var increment = FramePayload.ReadInt31(payload);
        if (frame.StreamId == 0)
        {
            if (increment == 0) return Protocol("WINDOW_UPDATE by 0.");
            return connection.Sender.TryOpenConnection(increment) ? default : Flow("The connection's window exceeds 2^31-1.");
        }
        if (IsIdle(frame.StreamId)) return Protocol("WINDOW_UPDATE on an idle stream.");
        if (Streams.Find(frame.StreamId) is not { } stream) return default;
        if (increment == 0) return Http2Error.Stream(ErrorCode.ProtocolError, "WINDOW_UPDATE by 0.");
        return connection.Sender.TryOpen(stream, increment) ? default : Http2Error.Stream(ErrorCode.FlowControlError, "A stream's window exceeds 2^31-1.");
    }

    // Even identifiers are for streams that a server opens, which this one never does.
    private bool IsIdle(int streamId) => streamId > Streams.LastId || (streamId & 1) == 0;

    private static Http2Error Protocol(string reason) => Http2Error.Connection(ErrorCode.ProtocolError, reason);

    private static Http2Error Flow(string reason) => Http2Error.Connection(ErrorCode.FlowControlError, reason);

    private static Http2Error Calm(string reason) => Http2Error.Connection(ErrorCode.EnhanceYourCalm, reason);
}
