using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>
/// Puts what streams have to send into frames, as far as their windows, the connection's window and the room in the output allow; what is
/// left waits in the stream's <see cref="SendBuffer"/>. Streams that may send take turns, a frame each. Guarded by the connection's gate.
/// </summary>
internal sealed class StreamSender(ConnectionParts parts)
{
    // Have data and a window of their own. A stream whose window is empty is not here: WINDOW_UPDATE brings it back.
    private readonly Queue<StreamCore> _turns = new();
    private readonly ConnectionOutput _output = parts.Output;
    private readonly PeerSettings _peer = parts.Peer;
    private int _window = 65_535;

    /// <summary>Makes header blocks, in the order in which they are sent.</summary>
    public HpackEncoder Encoder { get; } = new();

    /// <summary>Counts DATA frames sent, each of which the client may answer.</summary>
    public int DataFrames { get; private set; }

    /// <summary>Sends HEADERS with the block that <see cref="Encoder"/> made last.</summary>
    public void SendHeaders(StreamCore stream, bool endStream) => _output.Frames.WriteHeaders(stream.Id, Encoder.Block, endStream, _peer.MaxFrameSize);

    /// <summary>Sends octets, or copies what cannot be sent at once.</summary>
    public void Send(StreamCore stream, ReadOnlySpan<byte> data)
    {
        var sent = TrySend(stream, data);
        if (sent == data.Length) return;
        BeginToWait(stream);
        stream.Unsent.Append(data[sent..]);
        Enqueue(stream);
    }

    /// <summary>Sends octets that stay as they are until they are sent, or <see cref="SendBuffer.KeepBorrowed"/> is called.</summary>
    public void SendBorrowed(StreamCore stream, ReadOnlyMemory<byte> data)
    {
        var sent = TrySend(stream, data.Span);
        if (sent == data.Length) return;
        BeginToWait(stream);
        stream.Unsent.Borrow(data[sent..]);
        Enqueue(stream);
    }

    /// <summary>Sends on, after a window or the output has got room.</summary>
    public void Pump()
    {
        while (_window > 0 && _output.HasRoom && _turns.TryDequeue(out var stream))
        {
            stream.HasTurn = false;
            if (stream.IsClosed || stream.Unsent.Length == 0) continue;
            SendNext(stream);
            Enqueue(stream);
        }
    }

    /// <summary>Ends the stream behind what it has yet to send, with a trailer section if there is one.</summary>
    public void End(StreamCore stream, FieldLines? trailers)
    {
        if (stream.Unsent.Length > 0)
        {
            stream.QueueEnd(trailers);
            return;
        }
        if (trailers != null) SendTrailers(stream, trailers);
        else if (!_output.Frames.TryEndStream(stream.Id)) _output.Frames.WriteData(stream.Id, [], endStream: true);
        stream.EndLocal();
    }

    /// <summary>WINDOW_UPDATE on the connection. False if the window would exceed 2^31-1.</summary>
    public bool TryOpenConnection(int increment)
    {
        if ((long)_window + increment > int.MaxValue) return false;
        _window += increment;
        Pump();
        return true;
    }

    /// <summary>WINDOW_UPDATE on a stream. False if the window would exceed 2^31-1.</summary>
    public bool TryOpen(StreamCore stream, int increment)
    {
        if (!TryMoveWindow(stream, increment)) return false;
        Pump();
        return true;
    }

    /// <summary>The window of a stream changes; what it allows is sent with the next <see cref="Pump"/>. False if it would exceed 2^31-1.</summary>
    public bool TryMoveWindow(StreamCore stream, int by)
    {
        if (stream.SendWindow + by > int.MaxValue) return false;
        stream.SendWindow += by;
        Enqueue(stream);
        return true;
    }

    /// <summary>It is the client's windows that do not let the stream send, and not the output.</summary>
    public bool IsShut(StreamCore stream) => Math.Min(stream.SendWindow, _window) <= 0;

    /// <summary>The stream waits for WINDOW_UPDATE, and none comes any more.</summary>
    public bool IsStarved(StreamCore stream) => parts.IsHalfClosed && stream.Unsent.Length > 0 && IsShut(stream);

    /// <summary>Sends what can be sent at once, unless older data of the stream waits. Returns the number of octets.</summary>
    private int TrySend(StreamCore stream, ReadOnlySpan<byte> data)
    {
        if (stream.Unsent.Length > 0) return 0;
        var sent = 0;
        while (sent < data.Length && Allowance(stream, data.Length - sent) is > 0 and var count)
        {
            WriteData(stream, data.Slice(sent, count), endStream: false);
            sent += count;
        }
        return sent;
    }

    /// <summary>The stream has data in its buffer: it gets its turn.</summary>
    private void Enqueue(StreamCore stream)
    {
        if (stream.Unsent.Length == 0) return;
        if (IsStarved(stream))
        {
            stream.ResetHere(ErrorCode.Cancel);
            return;
        }
        if (IsShut(stream)) OnShut(stream);
        if (stream.HasTurn || stream.SendWindow <= 0) return;
        stream.HasTurn = true;
        _turns.Enqueue(stream);
    }

    private void BeginToWait(StreamCore stream)
    {
        if (stream.Unsent.Length == 0) stream.SentAt = parts.Transport.Now;
    }

    /// <summary>The stream has something to send, and the client's windows are shut.</summary>
    private void OnShut(StreamCore stream)
    {
        var clock = parts.Clock;
        if (clock.Rate is { } rate)
        {
            var now = parts.Transport.Now;
            (stream.Pace ??= new()).Begin(rate, now);
            clock.Note(now + clock.ShutCheckInterval);
        }
        // For most of the time the reading flow is awake soon enough.
        if (parts.Transport.ReadDeadline > clock.Next) parts.WakeReader();
    }

    private void SendNext(StreamCore stream)
    {
        var first = stream.Unsent.First;
        var count = Allowance(stream, first.Length);
        if (count == 0) return;
        var ends = count == stream.Unsent.Length && stream.IsEndQueued;
        WriteData(stream, first[..count], ends && stream.QueuedTrailers == null);
        stream.Unsent.Advance(count);
        if (stream.Unsent.Length > 0) return;
        // Lost wake-up: a handler that has ended its response early waits for that too.
        stream.OnSent();
        if (!ends) return;
        if (stream.QueuedTrailers is { } trailers) SendTrailers(stream, trailers);
        stream.EndLocal();
    }

    private int Allowance(StreamCore stream, int length) =>
        _output.HasRoom ? (int)Math.Max(0, Math.Min(Math.Min(length, _peer.MaxFrameSize), Math.Min(_window, stream.SendWindow))) : 0;

    private void WriteData(StreamCore stream, ReadOnlySpan<byte> data, bool endStream)
    {
        _output.Frames.WriteData(stream.Id, data, endStream);
        _window -= data.Length;
        stream.SendWindow -= data.Length;
        stream.SentAt = parts.Transport.Now;
        stream.DataSent += data.Length;
        DataFrames++;
    }

    private void SendTrailers(StreamCore stream, FieldLines trailers)
    {
        Encoder.Begin();
        foreach (ref readonly var field in trailers.Fields)
            if (!field.IsSuppressed) Encoder.Add(field.Name!, field.Value!);
        SendHeaders(stream, endStream: true);
    }
}
