using System.Runtime;

namespace Endless.Http.Transport;

/// <summary>
/// Gives memory back that a burst took. A server that allocates next to nothing while it serves has no garbage collection either, and would hold on to the heap and the
/// pooled arrays of its busiest moment for ever. Go's <c>sysmon</c> is the model: it forces a collection where none has been for two minutes.
/// </summary>
/// <remarks>
/// Only when the process has been quiet for a while, much was allocated since the last time, and the heap is small enough for the pause to be a few milliseconds.
/// For one thread, which looks about once a second.
/// </remarks>
/// <param name="allocatedBytes">Bytes that the process has allocated so far.</param>
/// <param name="collect">Collects.</param>
internal sealed class MemoryTrim(Func<long> allocatedBytes, Action collect)
{
    /// <summary>The process is quiet when it has allocated less than this in a second.</summary>
    private const long QuietBytes = 256 * 1024;

    /// <summary>How long it has to be quiet: milliseconds.</summary>
    private const long QuietTime = 5_000;

    /// <summary>Less garbage than this is not worth a collection.</summary>
    private const long WorthwhileBytes = 4 * 1024 * 1024;

    /// <summary>A heap beyond this is the application's, and so is the decision to have its threads wait for a full collection.</summary>
    private const long LargestHeap = 256 * 1024 * 1024;

    /// <summary>From one collection to the next, which frees the arrays that <c>ArrayPool.Shared</c> has not lent since the first: it keeps them for 60 s.</summary>
    private const long PoolTime = 61_000;

    /// <summary>Between two looks: milliseconds.</summary>
    private const long Interval = 1_000;

    private long _nextLook = long.MinValue;
    private long _quietSince = long.MaxValue;
    private long _allocatedAtLook;
    private long _allocatedAtTrim;
    private long _secondAt = long.MaxValue;

    /// <summary>One for this process.</summary>
    public MemoryTrim()
        : this(static () => GC.GetTotalAllocatedBytes(), Collect)
    {
    }

    /// <summary>There is something to wait for: another look will be needed even if nothing happens.</summary>
    public bool IsPending => _secondAt != long.MaxValue || _allocatedAtLook - _allocatedAtTrim >= WorthwhileBytes;

    /// <summary>Looks, and collects if it is time to.</summary>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    public void Look(long now)
    {
        if (now < _nextLook) return;
        _nextLook = now + Interval;
        var allocated = allocatedBytes();
        var isQuiet = allocated - _allocatedAtLook < QuietBytes;
        _allocatedAtLook = allocated;
        if (!isQuiet) _quietSince = long.MaxValue;
        else if (_quietSince == long.MaxValue) _quietSince = now;
        if (_quietSince == long.MaxValue || now - _quietSince < QuietTime) return;

        if (allocated - _allocatedAtTrim >= WorthwhileBytes) _secondAt = now + PoolTime;
        else if (now >= _secondAt) _secondAt = long.MaxValue;
        else return;
        _allocatedAtTrim = allocated;
        collect();
    }

    private static void Collect()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > LargestHeap || GCSettings.LatencyMode is GCLatencyMode.NoGCRegion or GCLatencyMode.SustainedLowLatency) return;
        // Aggressive: the only mode that also gives the emptied regions back to the kernel.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
