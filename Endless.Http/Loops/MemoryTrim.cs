using System.Runtime;
using Endless.Http.Buffers;
using Endless.Http.Native;

namespace Endless.Http.Loops;

/// <summary>
/// Gives memory back that a burst took. A server that allocates next to nothing while it serves has no garbage collection either, and would hold on to the heap and the
/// pooled blocks of its busiest moment for ever. Go's <c>sysmon</c> is the model: it forces a collection where none has been for two minutes.
/// </summary>
/// <remarks>
/// Only when the process has been quiet for a while, enough has become garbage since the last time, and the heap is small enough for the pause to be a few milliseconds.
/// For one thread, which looks about once a second.
/// </remarks>
/// <param name="allocatedBytes">Bytes that the process has allocated so far.</param>
/// <param name="connections">Connections there are now.</param>
/// <param name="collect">Collects.</param>
/// <param name="trimNative">Gives back what is free in the C library's heap.</param>
internal sealed class MemoryTrim(Func<long> allocatedBytes, Func<int> connections, Action collect, Action trimNative)
{
    /// <summary>The process is quiet when it has allocated less than this in a second.</summary>
    private const long QuietBytes = 256 * 1024;

    /// <summary>How long it has to be quiet: milliseconds.</summary>
    private const long QuietTime = 5_000;

    /// <summary>Less garbage than this is not worth a collection soon after the last.</summary>
    private const long WorthwhileBytes = 4 * 1024 * 1024;

    /// <summary>
    /// What is worth one a minute later: in a server of 7 MB even half a mebibyte that nobody uses is a good part. A client that makes the server allocate this much
    /// each minute costs it a few milliseconds in 60,000.
    /// </summary>
    private const long WorthwhileLater = 256 * 1024;

    /// <summary>How much later: milliseconds.</summary>
    private const long Later = 60_000;

    /// <summary>Garbage of a connection that was open at the last collection and is closed now: it comes without an allocation.</summary>
    private const long BytesOfConnection = 2 * 1024;

    /// <summary>A heap beyond this is the application's, and so is the decision to have its threads wait for a full collection.</summary>
    private const long LargestHeap = 256 * 1024 * 1024;

    /// <summary>Between two looks: milliseconds.</summary>
    private const long Interval = 1_000;

    private long _nextLook = long.MinValue;
    private long _quietSince = long.MaxValue;
    private long _allocatedAtLook;
    private long _allocatedAtTrim;
    private int _connectionsAtTrim;
    private long _garbage;
    private long _trimmedAt = long.MaxValue;
    private bool _owesTrim;

    /// <summary>One for this process.</summary>
    /// <param name="blocks">The pooled blocks.</param>
    /// <param name="connections">Connections there are now.</param>
    public MemoryTrim(BlockPool blocks, Func<int> connections)
        : this(static () => GC.GetTotalAllocatedBytes(), connections, () => Collect(blocks), NativeHeap.Trim)
    {
    }

    /// <summary>There is something to wait for: another look will be needed even if nothing happens.</summary>
    public bool IsPending => _owesTrim || _garbage >= WorthwhileLater;

    /// <summary>Looks, and collects if it is time to.</summary>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    public void Look(long now)
    {
        if (now < _nextLook) return;
        _nextLook = now + Interval;
        if (_trimmedAt == long.MaxValue) _trimmedAt = now;
        // One look after the collection, not with it: only then is the runtime's own memory free, 7 MB after a burst.
        if (_owesTrim) trimNative();
        _owesTrim = false;
        var allocated = allocatedBytes();
        var isQuiet = allocated - _allocatedAtLook < QuietBytes;
        _allocatedAtLook = allocated;
        _garbage = allocated - _allocatedAtTrim + Math.Max(0, _connectionsAtTrim - connections()) * BytesOfConnection;
        if (!isQuiet) _quietSince = long.MaxValue;
        else if (_quietSince == long.MaxValue) _quietSince = now;
        if (_quietSince == long.MaxValue || now - _quietSince < QuietTime) return;

        if (_garbage < (now - _trimmedAt < Later ? WorthwhileBytes : WorthwhileLater)) return;
        _allocatedAtTrim = allocated;
        _connectionsAtTrim = connections();
        _garbage = 0;
        _trimmedAt = now;
        _owesTrim = true;
        collect();
    }

    private static void Collect(BlockPool blocks)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > LargestHeap || GCSettings.LatencyMode is GCLatencyMode.NoGCRegion or GCLatencyMode.SustainedLowLatency) return;
        blocks.Trim();
        // Aggressive: the only mode that also gives the emptied regions back to the kernel.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
