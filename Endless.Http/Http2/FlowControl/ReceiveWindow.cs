namespace Endless.Http.Http2;

/// <summary>What a peer may still send, on a stream or on the connection (RFC 9113 section 5.2). A mutable struct: a field of its owner.</summary>
internal struct ReceiveWindow(int size)
{
    private int _consumed; // and not yet given back

    /// <summary>What the peer may send now.</summary>
    public int Available { get; private set; } = size;

    /// <summary>What the window comes to when everything was consumed.</summary>
    public int Size { get; private set; } = size;

    /// <summary>Octets that came in and were not consumed.</summary>
    public int Held => Size - Available - _consumed;

    /// <summary>Octets came in. False if they are more than was allowed.</summary>
    public bool TryReceive(int count)
    {
        if (count > Available) return false;
        Available -= count;
        return true;
    }

    /// <summary>
    /// Octets were consumed. Returns the increment to send, 0 while it is not worth a frame: half a window at a time keeps a fast peer
    /// sending, and a consumer of small pieces from answering each with a frame.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="mayOpen">Without, the window is left for another time.</param>
    public int Consume(int count, bool mayOpen = true)
    {
        _consumed += count;
        if (!mayOpen || _consumed < Size / 2) return 0;
        var increment = _consumed;
        Available += increment;
        _consumed = 0;
        return increment;
    }

    /// <summary>Makes the window larger; the caller tells the peer.</summary>
    public void Grow(int by)
    {
        Size += by;
        Available += by;
    }
}
