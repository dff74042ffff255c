using Endless.Http.Budgets;
using Endless.Http.Buffers;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Loops;

/// <summary>What the event loops of a group share. Thread-safe.</summary>
internal sealed class LoopResources
{
    private long _lastConnectionId;

    /// <param name="spares">Idle threads that are kept for event loops.</param>
    /// <param name="logger">Where the transport logs.</param>
    /// <param name="workerLimit">Threads that may be in code that blocks; null for as many as the process can bear.</param>
    /// <param name="budget">What clients may make the process hold.</param>
    public LoopResources(int spares, ILogger logger, int? workerLimit, ProcessBudget budget)
    {
        Logger = logger;
        Budget = budget;
        Workers = new WorkerPool(workerLimit ?? WorkerLimit.Find(), spares, missing: MonitorSleep.Rouse);
    }

    /// <summary>Threads for code that blocks.</summary>
    public WorkerPool Workers { get; }

    /// <summary>Memory for bytes on their way.</summary>
    public BlockPool Blocks { get; } = new();

    /// <summary>Where the transport logs.</summary>
    public ILogger Logger { get; }

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget { get; }

    /// <summary>Where what clients do not read counts.</summary>
    public Budget Unsent => Budget.Unsent;

    /// <summary>Where the monitor sleeps while all loops do.</summary>
    public MonitorSleep MonitorSleep { get; } = new();

    /// <summary>A number that no other connection of the group has, counted up from 1.</summary>
    public long NextConnectionId() => Interlocked.Increment(ref _lastConnectionId);
}
