namespace Endless.Http.Generations;

/// <summary>Where a generation is in its own life.</summary>
internal enum OwnPhase
{
    /// <summary>Its servers do not all accept yet.</summary>
    Starting,

    /// <summary>It accepts, unless its successor does in its place.</summary>
    Serving,

    /// <summary>It has left the service to its successor, for good, and finishes what it has.</summary>
    Draining,

    /// <summary>It was told to stop, and finishes what it has: the service ends.</summary>
    Stopping,

    /// <summary>Its last server has ended.</summary>
    Ended,
}

/// <summary>Where the generation before this one is, as far as it has said.</summary>
internal enum PredecessorPhase
{
    /// <summary>There is none: no restart started this process.</summary>
    None,

    /// <summary>It serves until this generation is ready.</summary>
    Serving,

    /// <summary>This generation accepts. The predecessor watches, and accepts again should this one fail.</summary>
    Watching,

    /// <summary>It hands over what connections it can. It still can accept again.</summary>
    HandingOver,

    /// <summary>It has left the service to this generation, for good, and finishes what it has.</summary>
    Released,

    /// <summary>It has ended.</summary>
    Gone,
}

/// <summary>Where the generation after this one is.</summary>
internal enum SuccessorPhase
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The application is asked what it leaves; there is no process yet.</summary>
    Preparing,

    /// <summary>Its process starts; this generation serves.</summary>
    Starting,

    /// <summary>It accepts and is watched; this generation keeps its listeners and all its connections, and does not accept.</summary>
    Watched,

    /// <summary>It is given the connections that wait for a request; this generation still can accept again.</summary>
    TakingOver,

    /// <summary>It has the service.</summary>
    InCharge,

    /// <summary>The service stops, and it with it.</summary>
    Stopping,

    /// <summary>It has failed and is on its way to its end; the service is this generation's.</summary>
    Ending,
}

/// <summary>
/// All that a generation knows of itself and its neighbours, in one place. Changed by <see cref="GenerationMachine.Next"/> only; a value, so that a
/// simulator can compare and keep it.
/// </summary>
/// <param name="Own">This generation.</param>
/// <param name="Predecessor">The one before it.</param>
/// <param name="Successor">The one after it.</param>
internal sealed record GenerationState(OwnPhase Own, PredecessorPhase Predecessor, SuccessorPhase Successor)
{
    /// <summary>A restart was asked for, and begins as soon as it may.</summary>
    internal bool RestartIsWanted { get; init; }

    /// <summary>Why the successor is <see cref="SuccessorPhase.Ending"/>; null otherwise.</summary>
    internal RestartFailure? Failure { get; init; }

    /// <summary>A service manager is told of the generations: a signal to the old one means the service.</summary>
    internal bool IsManaged { get; init; }

    /// <summary>A process that nobody continues, or one that continues another.</summary>
    internal static GenerationState Initial(bool continues, bool isManaged) =>
        new(OwnPhase.Starting, continues ? PredecessorPhase.Serving : PredecessorPhase.None, SuccessorPhase.None) { IsManaged = isManaged };

    /// <summary>Its servers accept.</summary>
    internal bool Accepts => Own == OwnPhase.Serving && !SuccessorAccepts;

    /// <summary>The successor accepts in this generation's place.</summary>
    internal bool SuccessorAccepts => Successor is SuccessorPhase.Watched or SuccessorPhase.TakingOver;

    /// <summary>Nobody before this generation can accept again: the service is its own, or its successor's.</summary>
    internal bool IsInCharge => Own != OwnPhase.Starting && Predecessor is PredecessorPhase.None or PredecessorPhase.Released or PredecessorPhase.Gone;

    /// <summary>Its servers have ended, and no process that it has to see end is left.</summary>
    internal bool MayEnd => Own == OwnPhase.Ended && Successor is SuccessorPhase.None or SuccessorPhase.InCharge;
}
