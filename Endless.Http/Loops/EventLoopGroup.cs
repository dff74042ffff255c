using Endless.Http.Budgets;
using Endless.Http.Buffers;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Loops;

/// <summary>The event loops of a process, one a core, with the monitor that watches them and the threads for code that blocks. Thread-safe.</summary>
internal sealed class EventLoopGroup : IDisposable
{
    private readonly EventLoop[] _loops;
    private int _next;
    private long _rescues;
    private long _lastConnectionId;
    private int _disposed;

    /// <summary>Starts <paramref name="loops"/> event loops.</summary>
    /// <param name="loops">How many.</param>
    /// <param name="logger">Where the transport logs.</param>
    /// <param name="isTrusting">Callbacks are taken not to block; if one does, that is a mistake of whoever said so.</param>
    /// <param name="workerLimit">Threads that may be in code that blocks; null for as many as the process can bear.</param>
    /// <param name="budget">What clients may make the process hold; null for one of the group's own.</param>
    public EventLoopGroup(int loops, ILogger logger, bool isTrusting = false, int? workerLimit = null, ProcessBudget? budget = null)
    {
        Logger = logger;
        Budget = budget ?? new ProcessBudget();
        IsTrusting = isTrusting;
        Workers = new WorkerPool(workerLimit ?? WorkerLimit.Find(), spares: loops, missing: () => Monitor!.Rouse());
        Monitor = new LoopMonitor(this, logger);
        _loops = new EventLoop[loops];
        for (var i = 0; i < loops; i++) _loops[i] = new EventLoop(this);
        foreach (var loop in _loops) loop.Start();
        Monitor.Start();
    }

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops => _loops;

    /// <summary>Threads for code that blocks.</summary>
    public WorkerPool Workers { get; }

    /// <summary>Callbacks are taken not to block.</summary>
    public bool IsTrusting { get; }

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

    /// <summary>Memory for bytes on their way.</summary>
    public BlockPool Blocks { get; } = new();

    /// <summary>Where the transport logs.</summary>
    public ILogger Logger { get; }

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget { get; }

    /// <summary>Loops taken away from a blocked callback so far.</summary>
    public long Rescues => Volatile.Read(ref _rescues);

    /// <summary>The loop for the next connection: each in turn, which keeps long-lived connections even.</summary>
    public EventLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>A number that no other connection of the group has, counted up from 1.</summary>
    public long NextConnectionId() => Interlocked.Increment(ref _lastConnectionId);

    /// <summary>The monitor took a loop away from a blocked callback.</summary>
    public void OnRescued() => Interlocked.Increment(ref _rescues);

    /// <summary>Ends the loops. Connections still open are left as they are: close them first.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // The monitor last: it frees a loop that is stuck in a callback, and a stuck loop does not end.
        foreach (var loop in _loops) loop.Dispose();
        Monitor.Stop();
    }
}
