using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;


namespace Endless.Http.Http2;

/// <summary>
/// Puts what streams have to send into frames, as far as their windows, the connection's window and the room in the output allow; what is
/// left waits in the stream's <see cref="SendBuffer"/>. Streams that may send take turns, a frame each. Guarded by the connection's gate.
/// </summary>
internal sealed class StreamSender(Http2Connection connection, ConnectionOutput output, PeerSettings peer)
{
    // Have data and a window of their own. A stream whose window is empty is not here: WINDOW_UPDATE brings it back.
    private readonly Queue<Http2Stream> _turns = new();
    private int _window = 65_535;

    /// <summary>Makes header blocks, in the order in which they are sent.</summary>
    public HpackEncoder Encoder { get; } = new();

    /// <summary>Counts DATA frames sent, each of which the client may answer.</summary>
    public int DataFrames { get; private set; }

    /// <summary>Sends HEADERS with the block that <see cref="Encoder"/> made last.</summary>
    public void SendHeaders(Http2Stream stream, bool endStream) => output.Frames.WriteHeaders(stream.Id, Encoder.Block, endStream, peer.MaxFrameSize);

    /// <summary>Sends what can be sent at once, unless older data of the stream waits. Returns the number of octets.</summary>
    public int TrySend(Http2Stream stream, ReadOnlySpan<byte> data)
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
    public void Enqueue(Http2Stream stream)
    {
        if (stream.Unsent.Length == 0) return;
        if (IsStarved(stream))
        {
            connection.ResetHere(stream, ErrorCode.Cancel);
            return;
        }
        if (IsShut(stream)) connection.OnShut(stream);
        if (stream.HasTurn || stream.SendWindow <= 0) return;
        stream.HasTurn = true;
        _turns.Enqueue(stream);
    }

    /// <summary>Sends on, after a window or the output has got room.</summary>
    public void Pump()
    {
        while (_window > 0 && output.HasRoom && _turns.TryDequeue(out var stream))
        {
            stream.HasTurn = false;
            if (stream.IsClosed || stream.Unsent.Length == 0) continue;
            SendNext(stream);
            Enqueue(stream);
        }
        if (connection.IsHalfClosed && _window <= 0) DropStarved();
    }

    /// <summary>Cuts short the streams that wait for WINDOW_UPDATE where none comes any more.</summary>
    public void DropStarved()
    {
        foreach (var stream in connection.Streams.Open.ToArray())
            if (IsStarved(stream)) connection.ResetHere(stream, ErrorCode.Cancel);
    }

    /// <summary>Ends the stream behind what it has yet to send, with a trailer section if there is one.</summary>
    public void End(Http2Stream stream, FieldLines? trailers)
    {
        if (stream.Unsent.Length > 0)
        {
            stream.QueueEnd(trailers);
            return;
        }
        if (trailers != null) SendTrailers(stream, trailers);
        else if (!output.Frames.TryEndStream(stream.Id)) output.Frames.WriteData(stream.Id, [], endStream: true);
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
    public bool TryOpen(Http2Stream stream, int increment)
    {
        if (!TryMoveWindow(stream, increment)) return false;
        Pump();
        return true;
    }

    /// <summary>The window of a stream changes; what it allows is sent with the next <see cref="Pump"/>. False if it would exceed 2^31-1.</summary>
    public bool TryMoveWindow(Http2Stream stream, int by)
    {
        if (stream.SendWindow + by > int.MaxValue) return false;
        stream.SendWindow += by;
        Enqueue(stream);
        return true;
    }

    /// <summary>It is the client's windows that do not let the stream send, and not the output.</summary>
    public bool IsShut(Http2Stream stream) => Math.Min(stream.SendWindow, _window) <= 0;

    private bool IsStarved(Http2Stream stream) => connection.IsHalfClosed && stream.Unsent.Length > 0 && IsShut(stream);

    private void SendNext(Http2Stream stream)
    {
        var first = stream.Unsent.First;
        var count = Allowance(stream, first.Length);
        if (count == 0) return;
        var ends = count == stream.Unsent.Length && stream.IsEndQueued;
        WriteData(stream, first[..count], ends && stream.QueuedTrailers == null);
        stream.Unsent.Advance(count);
        if (stream.Unsent.Length > 0) return;
        if (ends)
        {
            if (stream.QueuedTrailers is { } trailers) SendTrailers(stream, trailers);
            stream.EndLocal();
        }
        else
        {
            stream.OnSent();
        }
    }

    private int Allowance(Http2Stream stream, int length) =>
        output.HasRoom ? (int)Math.Max(0, Math.Min(Math.Min(length, peer.MaxFrameSize), Math.Min(_window, stream.SendWindow))) : 0;

    private void WriteData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        output.Frames.WriteData(stream.Id, data, endStream);
        _window -= data.Length;
        stream.SendWindow -= data.Length;
        stream.SentAt = connection.Transport.Now;
        stream.DataSent += data.Length;
        DataFrames++;
    }

    private void SendTrailers(Http2Stream stream, FieldLines trailers)
    {
        Encoder.Begin();
        foreach (ref readonly var field in trailers.Fields)
            if (!field.IsSuppressed) Encoder.Add(field.Name!, field.Value!);
        SendHeaders(stream, endStream: true);
    }
}
