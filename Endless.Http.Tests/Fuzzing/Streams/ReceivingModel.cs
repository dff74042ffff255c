using System.Globalization;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>Judges what the server sends: by RFC 9113 sections 5 to 8, by what the client has just sent, and by what the handlers have done.</summary>
internal sealed class ReceivingModel(ConnectionModel connection)
{
    private bool _hasSettings;
    private int _expectedOn;
    private Reaction _expected = Reaction.None;
    private bool _hasReacted;

    /// <summary>The server has ended the connection with this error.</summary>
    public ErrorCode? Failure { get; private set; }

    /// <summary>PING of the server's that the client has yet to answer.</summary>
    public Queue<byte[]> Pings { get; } = new();

    /// <summary>A frame is sent that the server may have something to say to.</summary>
    public void Expect(SentFrame frame, Reaction reaction) => (_expectedOn, _expected, _hasReacted) = (frame.StreamId, reaction, false);

    /// <summary>Everything that the server has to say to the frame sent last was received. Says what is wrong; null if nothing is.</summary>
    public string? Settle()
    {
        var (expected, hasReacted) = (_expected, _hasReacted);
        _expected = Reaction.None;
        if (!expected.Nothing && !hasReacted && Failure is null) return $"The server has not reacted; allowed is {expected}.";
        if (Failure is not null || connection.IsHalfClosed) return null;
        if (connection.Unacknowledged.Count > 0) return "SETTINGS are not acknowledged.";
        return connection.Pings.Count > 0 ? "PING is not answered." : null;
    }

    /// <summary>Takes a frame; header blocks whole, in a frame with their fields. Says what is wrong; null if nothing is.</summary>
    public string? Receive(Frame frame) => frame.Type switch
    {
        _ when Failure is not null => "A frame behind the GOAWAY of an error.",
        FrameType.Settings => OnSettings(frame),
        _ when !_hasSettings => "The server does not begin with SETTINGS.",
        FrameType.Ping => OnPing(frame),
        FrameType.GoAway => OnGoAway(frame),
        FrameType.WindowUpdate => OnWindowUpdate(frame),
        FrameType.Headers or FrameType.Data or FrameType.RstStream => OnStream(frame),
        _ => "A server has no use for this frame.",
    };

    private string? OnSettings(Frame frame)
    {
        if (!frame.Header.Ack)
        {
            if (_hasSettings) return "SETTINGS for a second time.";
            _hasSettings = true;
            return null;
        }
        if (connection.Unacknowledged.Count == 0) return "An acknowledgement of no SETTINGS.";
        connection.ApplySettings();
        return null;
    }

    private string? OnPing(Frame frame)
    {
        if (!frame.Header.Ack)
        {
            Pings.Enqueue(frame.Payload);
            return connection.MayLeave ? null : "PING without a reason.";
        }
        return connection.Pings.TryDequeue(out var sent) && sent.AsSpan().SequenceEqual(frame.Payload) ? null : "An answer to a PING that was not sent.";
    }

    private string? OnGoAway(Frame frame)
    {
        if (frame.First > connection.LastServed) return "GOAWAY takes back what an earlier one said.";
        if (frame.Code == ErrorCode.NoError)
        {
            if (!connection.MayLeave) return "GOAWAY without a reason.";
            if (frame.First != int.MaxValue && frame.First != Math.Min(connection.Highest, connection.LastServed)) return "GOAWAY names a stream that is not the last.";
        }
        else if (!_expected.GoAway.Contains(frame.Code))
        {
            return $"A connection error for nothing; allowed is {_expected}.";
        }
        else
        {
            Failure = frame.Code;
        }
        connection.LastServed = frame.First;
        return null;
    }

    private string? OnWindowUpdate(Frame frame)
    {
        if (frame.First == 0) return "WINDOW_UPDATE by 0.";
        if (frame.StreamId == 0)
        {
            connection.Window += frame.First;
            return connection.Window > int.MaxValue ? "The connection's window is above 2^31-1." : null;
        }
        if (connection.Find(frame.StreamId) is not { } stream || (stream.IsClosed && !(connection.IsCrossing && stream is { ClientEnded: true, ResetByServer: false }))) return "WINDOW_UPDATE on a stream that is not open.";
        stream.Window += frame.First;
        return stream.Window > int.MaxValue ? "The window is above 2^31-1." : null;
    }

    private string? OnStream(Frame frame)
    {
        if (frame.Type == FrameType.RstStream) return OnReset(frame);
        if (connection.Find(frame.StreamId) is not { } stream) return "A frame on a stream that was never opened.";
        if (stream.IsClosed || stream.ServerEnded) return "A frame on a stream whose response is over.";
        if (frame.Header.Length > connection.MaxFrameSize) return "A frame is larger than the client takes.";
        var fault = frame.Type == FrameType.Headers ? OnHeaders(stream, frame) : OnData(stream, frame);
        if (fault is not null || !frame.Header.EndStream) return fault;
        // The end may have been there unsent, for the handler goes on: what the client did wrong on the stream was then wrong on a closed one, where nothing need come of it.
        if (_expectedOn == stream.Id && stream.ClientEnded && _expected.Reset.Length > 0) _hasReacted = true;
        stream.ServerEnded = true;
        return OnEnd(stream);
    }

    private string? OnReset(Frame frame)
    {
        var isExpected = _expectedOn == frame.StreamId && _expected.Reset.Contains(frame.Code);
        if (isExpected) _hasReacted = true;
        if (connection.IsIdle(frame.StreamId)) return "RST_STREAM on an idle stream.";
        if (connection.Find(frame.StreamId) is not { } stream) return isExpected ? null : "RST_STREAM on a stream that was never opened.";
        // Section 8.1: the response is over, and the rest of the request not wanted. Its end may be on its way.
        var crossesEnd = connection.IsCrossing && stream is { ClientEnded: true, ResetByServer: false };
        var isStop = frame.Code == ErrorCode.NoError && stream.ServerEnded && (!stream.ClientEnded || crossesEnd);
        if (stream.IsClosed && !isStop) return isExpected ? null : "RST_STREAM on a closed stream.";
        // What has not come by now may have found the stream closed for another reason.
        if (_expectedOn == frame.StreamId) _hasReacted = true;
        stream.ResetByServer = true;
        var isFailure = frame.Code == ErrorCode.InternalError && stream.Script is { IsBroken: true };
        var isStarved = frame.Code == ErrorCode.Cancel && connection.IsHalfClosed && connection.IsShut(stream);
        var isStalled = frame.Code == ErrorCode.EnhanceYourCalm && connection.IsShut(stream) && connection.Now - stream.ServedAt >= Http2Limits.StallTimeout;
        return isExpected || isStop || isFailure || isStarved || isStalled ? null : $"RST_STREAM for nothing; allowed is {_expected}.";
    }

    private static string? OnHeaders(StreamModel stream, Frame frame)
    {
        var fields = frame.Fields!;
        if (stream.Status != 0)
        {
            if (!frame.Header.EndStream) return "A trailer section that does not end its stream.";
            return fields.Any(field => field.Name[0] == ':') ? "A pseudo-header in a trailer section." : null;
        }
        if (fields.Count(field => field.Name == ":status") != 1 || fields[0].Name != ":status") return "A section without :status.";
        var status = int.Parse(fields[0].Value, CultureInfo.InvariantCulture);
        if (status < 200) return frame.Header.EndStream || status == 101 ? "An interim response that ends its stream." : null;
        stream.Status = status;
        foreach (var (name, value) in fields)
            if (name == "content-length") stream.ResponseLength = long.Parse(value, CultureInfo.InvariantCulture);
        return null;
    }

    private string? OnData(StreamModel stream, Frame frame)
    {
        if (stream.Status == 0) return "DATA before a final status.";
        var length = frame.Header.Length;
        if (stream.IsBodiless && length > 0) return "Content where there is none.";
        if (length > Math.Max(0, Math.Min(stream.SendWindow, connection.SendWindow))) return $"DATA overruns a window: {stream.SendWindow} of the stream, {connection.SendWindow} of the connection.";
        stream.ServedAt = connection.Now;
        stream.SendWindow -= length;
        connection.SendWindow -= length;
        stream.Received += length;
        return stream.Status == 200 && frame.Payload.AsSpan().ContainsAnyExcept((byte)stream.Id) ? "Octets of another stream." : null;
    }

    private static string? OnEnd(StreamModel stream)
    {
        if (stream.Status == 0) return "The end before a final status.";
        if (!stream.IsBodiless && stream.ResponseLength >= 0 && stream.Received != stream.ResponseLength) return "Content-Length and content differ.";
        if (stream.Script is not { } script) return stream.Status < 400 ? "No handler was called." : null;
        // A head may be all there is to a response: then it was whole before.
        if (script.IsBroken && (stream.Status >= 400 || stream.IsBodiless)) return null;
        if (script.IsBroken) return "A broken response looks whole.";
        if (!script.IsDone) return stream.IsBodiless || stream.Received == script.Written ? null : "A response ends before its handler.";
        if (stream.Status != script.Status) return $"The handler said {script.Status}.";
        return stream.IsBodiless || stream.Received == script.Written ? null : $"The handler wrote {script.Written} octets, {stream.Received} came.";
    }
}
