namespace Endless.Http.Http2;

/// <summary>
/// Bounds what costs the server work and the client nothing: a bucket of tokens, filled by time and by useful traffic, emptied by
/// frames that only keep the server busy. A mutable struct: a field of its owner.
/// </summary>
internal struct FrameMeter
{
    private readonly int _capacity;
    private readonly int _perSecond;
    private int _tokens;
    private long _filledAt;

    /// <param name="capacity">Tokens at most, and at first.</param>
    /// <param name="perSecond">Tokens that time adds.</param>
    public FrameMeter(int capacity, int perSecond)
    {
        _capacity = _tokens = capacity;
        _perSecond = perSecond;
        _filledAt = Environment.TickCount64;
    }

    /// <summary>Takes tokens. False if there are not enough: the peer overdoes it.</summary>
    public bool TrySpend(int tokens = 1)
    {
        // The clock is only asked when the bucket is empty.
        if (_tokens < tokens) Fill();
        if (_tokens < tokens) return false;
        _tokens -= tokens;
        return true;
    }

    /// <summary>Adds tokens for useful traffic.</summary>
    public void Earn(int tokens) => _tokens = Math.Min(_capacity, _tokens + tokens);

    private void Fill()
    {
        var now = Environment.TickCount64;
        var earned = (now - _filledAt) * _perSecond / 1000;
        if (earned == 0) return;
        _filledAt = now;
        _tokens = (int)Math.Min(_capacity, _tokens + earned);
    }
}
