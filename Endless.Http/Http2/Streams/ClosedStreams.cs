namespace Endless.Http.Http2;

/// <summary>How a stream came to be closed, which decides what a late frame on it means (RFC 9113 section 5.1).</summary>
internal enum StreamClosure : byte
{
    /// <summary>Not among the last closed ones: never opened, or closed too long ago.</summary>
    Unknown,

    /// <summary>Both sides sent END_STREAM: nothing may follow but PRIORITY, WINDOW_UPDATE and RST_STREAM.</summary>
    Ended,

    /// <summary>The client sent RST_STREAM: nothing may follow but PRIORITY.</summary>
    ResetByPeer,

    /// <summary>The server sent RST_STREAM: what the client sent before it knew may follow, and is ignored.</summary>
    ResetHere,
}

/// <summary>The streams closed last.</summary>
internal sealed class ClosedStreams
{
    private const int Capacity = 256;

    private readonly (int Id, StreamClosure Closure, int Window)[] _ring = new (int, StreamClosure, int)[Capacity];
    private int _next;

    /// <summary>The highest identifier forgotten. Of those above it, every stream that was ever closed is here.</summary>
    public int Forgotten { get; private set; }

    /// <summary>A stream is closed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="closure">How.</param>
    /// <param name="window">Octets of DATA that the client may have sent before it knew.</param>
    public void Add(int id, StreamClosure closure, int window = 0)
    {
        ref var slot = ref _ring[_next];
        _next = (_next + 1) % Capacity;
        Forgotten = Math.Max(Forgotten, slot.Id);
        slot = (id, closure, window);
    }

    /// <summary>Octets of DATA came on a stream that was reset here. False if there are none, or more than can have been on their way.</summary>
    public bool TryReceive(int id, int octets)
    {
        foreach (ref var slot in _ring.AsSpan())
        {
            if (slot.Id != id || octets > slot.Window || octets == 0) continue;
            slot.Window -= octets;
            return true;
        }
        return false;
    }

    /// <summary>A stream that was reset here is now reset by the client as well.</summary>
    public void OnPeerReset(int id)
    {
        foreach (ref var slot in _ring.AsSpan())
            if (slot.Id == id && slot.Closure == StreamClosure.ResetHere) slot.Closure = StreamClosure.ResetByPeer;
    }

    public StreamClosure Find(int id)
    {
        foreach (var (closed, closure, _) in _ring)
            if (closed == id) return closure;
        return StreamClosure.Unknown;
    }
}
