using System.Diagnostics;

namespace Endless.Http.Diagnostics;

/// <summary>What is counted together: requests that differ in nothing a label says.</summary>
/// <param name="Method">One that RFC 9110 or RFC 5789 knows, else <c>_OTHER</c>: a client must not make labels.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Protocol"><c>HTTP/1.1</c>, ...</param>
/// <param name="Status">The response's status.</param>
/// <param name="Pattern">The mux's pattern that led to the handler; empty without one.</param>
internal readonly record struct RequestLabels(string Method, string Scheme, string Protocol, int Status, string Pattern);

/// <summary>The durations of requests with the same labels, as a histogram. Thread-safe; recording takes no lock and allocates nothing.</summary>
/// <remarks>
/// Each processor counts in a stripe of its own, two cache lines long, so that loops do not fight over one. The stripe is chosen by where the thread
/// runs just then; it may be moved meanwhile, so that the additions are interlocked all the same, but nearly never contended.
/// </remarks>
internal sealed class RequestSeries
{
    private const int SumCell = 15;
    private const int StripeCells = 16;

    /// <summary>Upper bounds of the buckets in seconds: those that OpenTelemetry's conventions advise for http.server.request.duration.</summary>
    internal static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly long[] TickBounds = Array.ConvertAll(Bounds, bound => (long)(bound * Stopwatch.Frequency));
    private static readonly int Stripes = (int)Math.Min(16, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly long[] _cells = new long[Stripes * StripeCells];

    /// <summary>Counts a request that took so many ticks of <see cref="Stopwatch"/>.</summary>
    internal void Record(long ticks)
    {
        var stripe = (Thread.GetCurrentProcessorId() & (Stripes - 1)) * StripeCells;
        var bucket = 0;
        while (bucket < TickBounds.Length && ticks > TickBounds[bucket]) bucket++;
        Interlocked.Increment(ref _cells[stripe + bucket]);
        Interlocked.Add(ref _cells[stripe + SumCell], ticks);
    }

    /// <summary>Requests in each bucket, the last without a bound, and the sum of their durations in seconds.</summary>
    internal long[] Read(out double seconds)
    {
        var buckets = new long[Bounds.Length + 1];
        long ticks = 0;
        for (var stripe = 0; stripe < _cells.Length; stripe += StripeCells)
        {
            for (var i = 0; i < buckets.Length; i++) buckets[i] += Volatile.Read(ref _cells[stripe + i]);
            ticks += Volatile.Read(ref _cells[stripe + SumCell]);
        }
        seconds = (double)ticks / Stopwatch.Frequency;
        return buckets;
    }
}
