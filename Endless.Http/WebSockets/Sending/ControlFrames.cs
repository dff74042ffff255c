namespace Endless.Http.WebSockets;

/// <summary>Control frames that wait to be sent. Any thread.</summary>
internal sealed class ControlFrames
{
    /// <summary>
    /// Ping flood: of pings that come faster than their answers leave, the last one is answered, as RFC 6455 section 5.5.3 allows, and no more is kept than this.
    /// </summary>
    private const int MostPongBytes = 2 * 1024;

    private readonly Lock _lock = new();
    private PooledBytes _pongs;
    private CloseStatus? _close;
    private bool _isPinging;
    private bool _isClosed;
    private volatile bool _isEmpty = true;

    /// <summary>Nothing waits.</summary>
    public bool IsEmpty => _isEmpty;

    public void AddPong(ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[FrameBytes.MaxHeadLength + FrameHead.MaxControlPayload];
        frame = frame[..FrameBytes.WriteControl(frame, Opcode.Pong, payload)];
        lock (_lock)
        {
            if (_isClosed) return;
            if (_pongs.Length + frame.Length > MostPongBytes) _pongs.Release();
            _pongs.Add(frame);
            _isEmpty = false;
        }
    }

    public void AddPing()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isPinging = true;
            _isEmpty = false;
        }
    }

    /// <summary>The last frame: what comes behind it is dropped, another Close too.</summary>
    public void AddClose(CloseStatus status)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            (_close, _isClosed) = (status, true);
            _isEmpty = false;
        }
    }

    /// <summary>Moves them behind frames that are about to be sent. True if Close is among them.</summary>
    public bool MoveTo(ref PooledBytes frames)
    {
        if (_isEmpty) return false;
        Span<byte> payload = stackalloc byte[FrameHead.MaxControlPayload];
        lock (_lock)
        {
            frames.Add(_pongs.Memory.Span);
            _pongs.Release();
            if (_isPinging) Add(ref frames, Opcode.Ping, default);
            var closes = _close is not null;
            if (closes) Add(ref frames, Opcode.Close, payload[.._close!.Write(payload)]);
            (_isPinging, _close, _isEmpty) = (false, null, true);
            return closes;
        }
    }

    private static void Add(ref PooledBytes frames, Opcode opcode, ReadOnlySpan<byte> payload) =>
        frames.Advance(FrameBytes.WriteControl(frames.Room(FrameBytes.MaxHeadLength + payload.Length), opcode, payload));
}
