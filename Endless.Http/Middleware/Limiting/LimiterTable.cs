using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>A limiter for each client, of a bounded number of them. Any number of threads.</summary>
/// <remarks>
/// Memory exhaustion: .NET's <see cref="PartitionedRateLimiter"/> keeps a limiter for each key that came in the last ten seconds, however many. Here those that nobody uses make room, and where there are none of
/// them new clients share a few limiters: a flood limits itself, and those who came before it keep their own.
/// </remarks>
internal sealed class LimiterTable
{
    private const int SharedCount = 64;
    private const long SweepPause = 1000; // milliseconds

    private readonly ConcurrentDictionary<ClientKey, RateLimiter> _limiters = new();
    private readonly RateLimiter?[] _shared = new RateLimiter?[SharedCount];
    private readonly Func<RateLimiter> _make;
    private readonly int _max;
    private int _count;
    private long _sweptAt = -SweepPause;

    /// <param name="max">How many clients have one of their own.</param>
    /// <param name="make">Makes one; without a timer of its own.</param>
    public LimiterTable(int max, Func<RateLimiter> make) => (_max, _make) = (max, make);

    /// <summary>How many clients have one of their own.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The limiter of a client.</summary>
    public RateLimiter Of(in ClientKey key)
    {
        if (_limiters.TryGetValue(key, out var limiter)) return limiter;
        if (Count >= _max) Sweep();
        if (Interlocked.Increment(ref _count) > _max)
        {
            Interlocked.Decrement(ref _count);
            ref var shared = ref _shared[(uint)key.GetHashCode() % SharedCount];
            return shared ?? Interlocked.CompareExchange(ref shared, _make(), null) ?? shared;
        }
        limiter = _make();
        if (_limiters.TryAdd(key, limiter)) return limiter;
        Interlocked.Decrement(ref _count);
        return Of(key);
    }

    /// <summary>Has every bucket filled for the time that has passed, and those served who wait for it.</summary>
    public void Replenish()
    {
        foreach (var (_, limiter) in _limiters) (limiter as ReplenishingRateLimiter)?.TryReplenish();
        foreach (var limiter in _shared) (limiter as ReplenishingRateLimiter)?.TryReplenish();
    }

    // Removed limiters are not disposed of: another thread may be about to ask one, which then counts for nothing.
    private void Sweep()
    {
        var (now, last) = (Environment.TickCount64, Volatile.Read(ref _sweptAt));
        if (now - last < SweepPause || Interlocked.CompareExchange(ref _sweptAt, now, last) != last) return;
        foreach (var (key, limiter) in _limiters)
        {
            (limiter as ReplenishingRateLimiter)?.TryReplenish();
            if (limiter.IdleDuration is not null && _limiters.TryRemove(key, out _)) Interlocked.Decrement(ref _count);
        }
    }
}
