using System.Diagnostics;

namespace Endless.Http.Metrics;

/// <summary>Durations as a histogram. Thread-safe; recording takes no lock and allocates nothing.</summary>
/// <remarks>
/// Each processor counts in a stripe of its own, as in <see cref="StripedCounter"/>.
/// </remarks>
internal sealed class DurationHistogram
{
    private const int CacheLineCells = 8;

    private readonly double[] _bounds;
    private readonly long[] _tickBounds;
    private readonly long[] _cells;
    private readonly int _stripeCells;

    /// <param name="bounds">Upper bounds of the buckets in seconds, ascending; one without a bound follows.</param>
    internal DurationHistogram(double[] bounds)
    {
        _bounds = bounds;
        _tickBounds = new long[bounds.Length];
        for (var i = 0; i < bounds.Length; i++) _tickBounds[i] = (long)(bounds[i] * Stopwatch.Frequency);
        _stripeCells = (bounds.Length + 2 + CacheLineCells - 1) / CacheLineCells * CacheLineCells;
        _cells = new long[StripedCounter.Stripes * _stripeCells];
    }

    /// <summary>Counts a duration of so many ticks of <see cref="Stopwatch"/>.</summary>
    internal void Record(long ticks)
    {
        var stripe = StripedCounter.Stripe * _stripeCells;
        var bucket = 0;
        while (bucket < _tickBounds.Length && ticks > _tickBounds[bucket]) bucket++;
        Interlocked.Increment(ref _cells[stripe + bucket]);
        Interlocked.Add(ref _cells[stripe + _bounds.Length + 1], ticks);
    }

    /// <summary>Durations in each bucket, the last without a bound, and their sum in seconds.</summary>
    internal long[] Read(out double seconds)
    {
        var buckets = new long[_bounds.Length + 1];
        long ticks = 0;
        for (var stripe = 0; stripe < _cells.Length; stripe += _stripeCells)
        {
            for (var i = 0; i < buckets.Length; i++) buckets[i] += Volatile.Read(ref _cells[stripe + i]);
            ticks += Volatile.Read(ref _cells[stripe + _bounds.Length + 1]);
        }
        seconds = (double)ticks / Stopwatch.Frequency;
        return buckets;
    }
}
