using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>
/// Takes the client's frames in the order in which they came, and says what is wrong with one (RFC 9113 sections 5 and 6). Guarded by the
/// connection's gate; what is to run because of a frame is queued, not called.
/// </summary>
internal sealed class FrameReceiver
{
    private readonly ConnectionParts _parts;
    private readonly StreamTable<Http2Stream> _streams;
    private readonly StreamSender _sender;
    private readonly GoAway _goAway;
    private readonly SettingsExchange _settings;
    private readonly HeaderBlockReceiver _headers;
    private readonly DataReceiver _data;
    private int _dataFramesSeen;

    public FrameReceiver(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender, StreamOpener opener, GoAway goAway, SettingsExchange settings)
    {
        _parts = parts;
        _streams = streams;
        _sender = sender;
        _goAway = goAway;
        _settings = settings;
        var late = new LateFrames(streams, parts.Allowance);
        _headers = new HeaderBlockReceiver(parts, new HeaderSectionReceiver(parts, streams, opener, goAway, late));
        _data = new DataReceiver(parts, streams, late);
    }

    /// <inheritdoc cref="SettingsExchange.HasSettings"/>
    public bool HasSettings => _settings.HasSettings;

    /// <inheritdoc cref="HeaderBlockReceiver.Since"/>
    public long BlockSince => _headers.Since;

    /// <summary>Takes a frame whose header was checked by <see cref="FrameRules"/>.</summary>
    public Http2Error Receive(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        if (!_headers.Admits(frame)) return Http2Error.Protocol("A header block is interrupted.");
        if (!HasSettings && (frame.Type != FrameType.Settings || frame.Ack)) return Http2Error.Protocol("The client's preface does not go on with SETTINGS.");
        if (!Affords(frame)) return Http2Error.Calm("Too many frames that carry nothing.");
        return frame.Type switch
        {
            FrameType.Data => _data.Receive(frame, payload),
            FrameType.Headers => _headers.Begin(frame, payload),
            FrameType.Priority => OnPriority(frame, payload),
            FrameType.RstStream => OnRstStream(frame),
            FrameType.Settings => _settings.Receive(frame, payload),
            FrameType.Ping => _goAway.OnPing(frame, payload),
            FrameType.GoAway => _goAway.OnPeerLeaves(),
            FrameType.WindowUpdate => OnWindowUpdate(frame, payload),
            FrameType.Continuation => _headers.GoOn(frame, payload),
            _ => default, // an extension nobody asked for (section 4.1)
        };
    }

    /// <inheritdoc cref="HeaderBlockReceiver.TakeHeavyWork"/>
    public bool TakeHeavyWork() => _headers.TakeHeavyWork();

    /// <summary>A stream error (section 5.4.2) on a stream that may be open or not. A connection error, if there are too many of them.</summary>
    public Http2Error ResetStream(int streamId, ErrorCode code)
    {
        // A client can have its requests cut short this way as well as by RST_STREAM (CVE-2025-8671).
        if (!_parts.Allowance.TryReset()) return Http2Error.Calm("Too many stream errors.");
        if (_streams.Find(streamId) is { } stream)
        {
            stream.ResetHere(code);
            return default;
        }
        _parts.WriteReset(streamId, code);
        if (streamId == _streams.LastId && _streams.Closed.Find(streamId) == StreamClosure.Unknown) _streams.PassOver(streamId);
        return default;
    }

    private bool Affords(in FrameHeader frame)
    {
        var sent = _sender.DataFrames;
        if (sent != _dataFramesSeen)
        {
            _parts.Allowance.Earn((sent - _dataFramesSeen) * Http2Limits.EarnedByData);
            _dataFramesSeen = sent;
        }
        return frame.Type switch
        {
            FrameType.Headers or FrameType.Continuation => true,
            FrameType.Data => true, // by what it carries, when its padding is off
            _ => _parts.Allowance.TrySpend(),
        };
    }

    private Http2Error OnPriority(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        // Deprecated (section 5.3.2) and without effect, but not without rules. No RST_STREAM goes to an idle stream (section 6.4).
        if (frame.Length != 5) return Wrong(ErrorCode.FrameSizeError, "PRIORITY is not of 5 octets.", frame);
        return FramePayload.ReadInt31(payload) == frame.StreamId ? Wrong(ErrorCode.ProtocolError, "A stream depends on itself.", frame) : default;

        Http2Error Wrong(ErrorCode code, string reason, in FrameHeader frame) =>
            _streams.IsIdle(frame.StreamId) ? Http2Error.Connection(code, reason) : Http2Error.Stream(code, reason);
    }

    private Http2Error OnRstStream(in FrameHeader frame)
    {
        if (_streams.IsIdle(frame.StreamId)) return Http2Error.Protocol("RST_STREAM on an idle stream.");
        if (_streams.Find(frame.StreamId) is not { } stream)
        {
            // Both sides have reset it: behind the client's own RST_STREAM nothing was under way.
            _streams.Closed.OnPeerReset(frame.StreamId);
            return default;
        }
        if (!stream.IsLocalEnded && !_parts.Allowance.TryReset()) return Http2Error.Calm("Too many requests are cancelled.");
        stream.ResetByPeer();
        return default;
    }

    private Http2Error OnWindowUpdate(in FrameHeader frame, in ReadOnlySequence<byte> payload)
    {
        var increment = FramePayload.ReadInt31(payload);
        if (frame.StreamId == 0)
        {
            if (increment == 0) return Http2Error.Protocol("WINDOW_UPDATE by 0.");
            return _sender.TryOpenConnection(increment) ? default : Http2Error.Connection(ErrorCode.FlowControlError, "The connection's window exceeds 2^31-1.");
        }
        if (_streams.IsIdle(frame.StreamId)) return Http2Error.Protocol("WINDOW_UPDATE on an idle stream.");
        if (_streams.Find(frame.StreamId) is not { } stream) return default;
        if (increment == 0) return Http2Error.Stream(ErrorCode.ProtocolError, "WINDOW_UPDATE by 0.");
        return _sender.TryOpen(stream, increment) ? default : Http2Error.Stream(ErrorCode.FlowControlError, "A stream's window exceeds 2^31-1.");
    }
}
