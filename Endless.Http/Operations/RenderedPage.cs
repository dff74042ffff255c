namespace Endless.Http.Operations;

/// <summary>A page that takes a tenth of a millisecond to make: made anew for each who asks, up to so many times a second; who asks more often gets the last one again. Thread-safe.</summary>
/// <param name="make">Makes it.</param>
/// <param name="clock">Milliseconds that have passed.</param>
internal sealed class RenderedPage(Func<byte[]> make, Func<long> clock)
{
    /// <summary>How often it is made in a second, and as a burst.</summary>
    internal const int MostPerSecond = 20;

    private const long Interval = 1000 / MostPerSecond;

    private readonly Lock _lock = new();
    private byte[] _last = [];
    private long _earned = MostPerSecond * Interval; // milliseconds; making the page takes an interval
    private long _lookedAt = clock();

    /// <summary>One for this process.</summary>
    public RenderedPage(Func<byte[]> make) : this(make, static () => Environment.TickCount64)
    {
    }

    /// <summary>The page, no older than an interval.</summary>
    public byte[] Get()
    {
        lock (_lock)
        {
            var now = clock();
            _earned = Math.Min(MostPerSecond * Interval, _earned + now - _lookedAt);
            _lookedAt = now;
            if (_last.Length > 0 && _earned < Interval) return _last;
            _earned -= Interval;
            return _last = make();
        }
    }
}
