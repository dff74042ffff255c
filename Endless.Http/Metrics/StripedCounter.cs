namespace Endless.Http.Metrics;

/// <summary>A number that many threads add to at once: each processor has a part of its own, on a cache line of its own. Thread-safe.</summary>
/// <remarks>One word that all event loops add to moves from core to core with every request, which was measured to cost more than all else that is counted of it.</remarks>
internal sealed class StripedCounter
{
    private const int CacheLineCells = 8;

    /// <summary>Parts that there are: a power of two.</summary>
    internal static readonly int Stripes = (int)Math.Min(16, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly long[] _cells = new long[Stripes * CacheLineCells];

    /// <summary>The part for the processor that the thread runs on just then. It may be moved meanwhile: additions are interlocked all the same, but nearly never contended.</summary>
    internal static int Stripe => Thread.GetCurrentProcessorId() & (Stripes - 1);

    /// <summary>All parts together; not of one moment.</summary>
    internal long Sum
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _cells.Length; i += CacheLineCells) sum += Volatile.Read(ref _cells[i]);
            return sum;
        }
    }

    /// <summary>Adds one.</summary>
    internal void Increment() => Interlocked.Increment(ref _cells[Stripe * CacheLineCells]);

    /// <summary>Takes one away.</summary>
    internal void Decrement() => Interlocked.Decrement(ref _cells[Stripe * CacheLineCells]);
}
