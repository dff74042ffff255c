using Endless.Http.Budgets;

namespace Endless.Http.Http2;

/// <summary>What one connection holds of the process's budget. Guarded by the connection's gate.</summary>
/// <param name="process">The process's.</param>
/// <param name="holder">The connection.</param>
internal sealed class ConnectionBudget(ProcessBudget process, IShedTarget holder)
{
    private const int HeaderStep = 4 * 1024;
    private const int OctetStep = 16 * 1024;
    private const int StreamStep = 8;

    private readonly Holding _streams = new(process.Streams, holder, StreamStep);
    private readonly Holding _block = new(process.Heads, holder, OctetStep);
    private readonly Holding _frames = new(process.Unsent, holder, OctetStep);

    /// <summary>Header sections of streams.</summary>
    public Holding Heads { get; } = new(process.Heads, holder, HeaderStep);

    /// <summary>DATA that came and was not read.</summary>
    public Holding Bodies { get; } = new(process.Bodies, holder, OctetStep);

    /// <summary>DATA that was copied and waits for a window.</summary>
    public Holding Unsent { get; } = new(process.Unsent, holder, OctetStep);

    /// <summary>The process holds as much of bodies as it may.</summary>
    public bool IsFullOfBodies => process.Bodies.IsFull;

    /// <summary>What the client may send on the connection: the window of the protocol, but no more than a quarter of what the process may hold.</summary>
    public int Window { get; } = (int)Math.Min(Http2Limits.ConnectionWindow, process.Bodies.Limit / 4);

    /// <summary>A stream with a header section of so many octets. False if the process has no room for it.</summary>
    public bool TryOpenStream(long headerBytes)
    {
        if (!_streams.TryAdd(1)) return false;
        if (Heads.TryAdd(headerBytes)) return true;
        _streams.Remove(1);
        return false;
    }

    /// <summary>A stream is done with.</summary>
    public void CloseStream(long headerBytes)
    {
        _streams.Remove(1);
        Heads.Remove(headerBytes);
    }

    /// <summary>What a header block takes that comes in pieces. False if the process has no room for it.</summary>
    public bool TryHoldBlock(long octets)
    {
        if (octets > _block.Held) return _block.TryAdd(octets - _block.Held);
        _block.Set(octets);
        return true;
    }

    /// <summary>What of the frames that wait is more than one send's.</summary>
    public void HoldFrames(int octets) => _frames.Set(Math.Max(0, octets - Http2Limits.UsualOutput));

    /// <summary>The connection is over.</summary>
    public void End()
    {
        foreach (var holding in (ReadOnlySpan<Holding>)[_streams, _block, _frames, Heads, Bodies, Unsent]) holding.End();
    }
}
