namespace Endless.Http.Connections;

/// <summary>
/// Whether a peer takes what waits for it at the least rate. Only time in which something waits for the peer counts, and only bytes that it has really taken: a response that says nothing
/// for an hour costs it nothing. What it takes faster is credited, for up to <see cref="LeastRate.LongestCredit"/>.
/// </summary>
internal sealed class RateAccount
{
    private long _taken;    // what the peer had taken when it was last looked at: bytes
    private long _credit;   // in thousandths of a byte, so that nothing is rounded away
    private long _grace;    // what is left of it in the wait under way: milliseconds
    private long _since;    // when the wait under way was last looked at
    private bool _isWaiting;

    /// <summary>A wait for the peer begins, or goes on. When it is to be looked at, in milliseconds as <paramref name="now"/>.</summary>
    public long Begin(LeastRate rate, long now)
    {
        if (!_isWaiting)
        {
            _isWaiting = true;
            _grace = rate.Grace;
            _since = now;
        }
        return Next(rate);
    }

    /// <summary>The wait is over, or goes on for another reason than the peer. What was taken meanwhile is counted at the next look.</summary>
    public void End(LeastRate rate, long now)
    {
        if (!_isWaiting) return;
        Settle(rate, now, earned: 0);
        _isWaiting = false;
    }

    /// <summary>Looks at the wait under way. True if the peer is too slow; otherwise <paramref name="next"/> is when to look again.</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="now">The time, in milliseconds.</param>
    /// <param name="taken">Bytes that the peer has taken, all in all.</param>
    /// <param name="sharers">How many such waits have the rate together.</param>
    /// <param name="next">When to look again.</param>
    public bool IsTooSlow(LeastRate rate, long now, long taken, int sharers, out long next)
    {
        Begin(rate, now);
        Settle(rate, now, Math.Max(0, taken - _taken) * 1_000 * sharers);
        _taken = Math.Max(_taken, taken);
        next = Next(rate);
        return next <= now;
    }

    private long Next(LeastRate rate) => _since + _grace + _credit / rate.BytesPerSecond;

    private void Settle(LeastRate rate, long now, long earned)
    {
        var elapsed = Math.Max(0, now - _since);
        var free = Math.Min(elapsed, _grace);
        _grace -= free;
        _since = Math.Max(_since, now);
        _credit = Math.Clamp(_credit - (elapsed - free) * rate.BytesPerSecond + earned, 0, LeastRate.LongestCredit * rate.BytesPerSecond);
    }
}
