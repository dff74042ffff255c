using Endless.Http.Budgets;
using Endless.Http.Channels;
using Endless.Http.Loops;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>What all parts of a generation share: its process, where that comes from, its servers, its observers, its machine and its log. Thread-safe.</summary>
internal sealed class GenerationContext
{
    private readonly GenerationLogger _logger;

    /// <summary>Takes what was inherited out of the environment, and greets the generation before.</summary>
    internal GenerationContext(IProcessHost host)
    {
        Host = host;
        Inheritance = Inheritance.Take(host);
        Predecessor = Inheritance.Control is { } control ? new Predecessor(control, host.ProcessId) : null;
        Info = Predecessor?.Greet() ?? (Continues ? GenerationInfo.First with { Number = 2 } : GenerationInfo.First);
        _logger = new GenerationLogger(Members, Info.Number);
        Observers = new GenerationObservers(() => Logger);
        Loops = new Lazy<EventLoopGroup>(() => new EventLoopGroup(Environment.ProcessorCount, Logger, budget: Budget));
        Shell = new GenerationShell(GenerationState.Initial(Continues, isManaged: false), new StartAndProbationTimes(Members).Of, () => Logger);
    }

    /// <summary>The process.</summary>
    internal IProcessHost Host { get; }

    /// <summary>What the process got from the one before.</summary>
    internal Inheritance Inheritance { get; }

    /// <summary>The generation before; null if there is none, or no way to it.</summary>
    internal Predecessor? Predecessor { get; }

    /// <summary>It has been heard; without it, the variables that say <see cref="Continues"/> may have been set by anybody.</summary>
    internal bool HasPredecessor => Predecessor is { ProcessId: not 0 };

    /// <summary>Its predecessor's process; 0 if there is none.</summary>
    internal int PredecessorProcessId => Predecessor?.ProcessId ?? 0;

    /// <summary>The generation before, in words.</summary>
    internal string PredecessorName => $"generation {Info.Number - 1} (pid {Predecessor?.ProcessId ?? 0})";

    /// <summary>What was wrong with what came from there, for the log; null if nothing.</summary>
    internal string? Complaint => Inheritance.Complaint ?? Predecessor?.Complaint;

    /// <summary>Which generation this is, and the counters it started with.</summary>
    internal GenerationInfo Info { get; }

    /// <summary>This process continues another.</summary>
    internal bool Continues => Inheritance.Continues;

    /// <summary>Its servers.</summary>
    internal GenerationMembers Members { get; } = new();

    /// <summary>Who is told of its life.</summary>
    internal GenerationObservers Observers { get; }

    /// <summary>What clients may make the process hold.</summary>
    internal ProcessBudget Budget { get; } = new();

    /// <summary>The event loops, shared by all servers. They live as long as the process.</summary>
    internal Lazy<EventLoopGroup> Loops { get; }

    /// <summary>Its machine.</summary>
    internal GenerationShell Shell { get; }

    /// <inheritdoc cref="GenerationState.IsInCharge"/>
    internal bool IsInCharge => Shell.State.IsInCharge;

    /// <inheritdoc cref="GenerationShell.IsManaged"/>
    internal bool IsManaged
    {
        set => Shell.IsManaged = value;
    }

    /// <inheritdoc cref="GenerationLogger.Current"/>
    internal ILogger Logger => _logger.Current;

    /// <inheritdoc cref="GenerationLogger.Of"/>
    internal ILogger LoggerOf(ILogger? own) => _logger.Of(own);

    /// <summary>Has an observer told of what happens from now on; null is nobody.</summary>
    internal void Observe(IGenerationObserver? observer) => Observers.Add(observer);
}
