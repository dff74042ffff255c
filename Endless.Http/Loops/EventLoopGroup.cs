using Endless.Http.Budgets;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Loops;

/// <summary>The event loops of a process, one a core, with the monitor that watches them and the threads for code that blocks. Thread-safe.</summary>
internal sealed class EventLoopGroup : IDisposable
{
    private readonly EventLoop[] _loops;
    private int _next;
    private int _disposed;

    /// <summary>Starts <paramref name="loops"/> event loops.</summary>
    /// <param name="loops">How many.</param>
    /// <param name="logger">Where the transport logs.</param>
    /// <param name="isTrusting">Callbacks are taken not to block; if one does, that is a mistake of whoever said so.</param>
    /// <param name="workerLimit">Threads that may be in code that blocks; null for as many as the process can bear.</param>
    /// <param name="budget">What clients may make the process hold; null for one of the group's own.</param>
    public EventLoopGroup(int loops, ILogger logger, bool isTrusting = false, int? workerLimit = null, ProcessBudget? budget = null)
    {
        Resources = new LoopResources(spares: loops, logger, workerLimit, budget ?? new ProcessBudget());
        _loops = new EventLoop[loops];
        for (var i = 0; i < loops; i++) _loops[i] = new EventLoop(Resources);
        Monitor = new LoopMonitor(_loops, Resources, new MemoryTrim(Resources.Blocks, () => Connections), isTrusting);
        foreach (var loop in _loops) loop.Start();
        Monitor.Start();
    }

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops => _loops;

    /// <summary>What the loops share.</summary>
    public LoopResources Resources { get; }

    /// <summary>Threads for code that blocks.</summary>
    public WorkerPool Workers => Resources.Workers;

    /// <summary>Connections on all loops, and the few listeners.</summary>
    public int Connections
    {
        get
        {
            var count = 0;
            foreach (var loop in _loops) count += loop.Sources;
            return count;
        }
    }

    /// <summary>Looks after loops that are stuck.</summary>
    public LoopMonitor Monitor { get; }

    /// <summary>Where the transport logs.</summary>
    public ILogger Logger => Resources.Logger;

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget => Resources.Budget;

    /// <summary>The loop for the next connection: each in turn, which keeps long-lived connections even.</summary>
    public EventLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Ends the loops. Connections still open are left as they are: close them first.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // The monitor last: it frees a loop that is stuck in a callback, and a stuck loop does not end.
        foreach (var loop in _loops) loop.Dispose();
        Monitor.Stop();
    }
}
