namespace Endless.Http.Generations;

/// <summary>What happens to a generation, as <see cref="GenerationMachine.Next"/> is told of it: one at a time, in the order in which it was noticed.</summary>
internal abstract record GenerationEvent
{
    /// <summary>A server is about to listen.</summary>
    internal sealed record ServersStart : GenerationEvent;

    /// <summary>Every server of this generation accepts.</summary>
    internal sealed record ServersAccept : GenerationEvent;

    /// <summary>A server could not start.</summary>
    internal sealed record StartFailed(string Reason) : GenerationEvent;

    /// <summary>Every server was told to stop, by the application or by <see cref="GenerationAction.StopServers"/>.</summary>
    internal sealed record ServersStop : GenerationEvent;

    /// <summary>The last server has ended.</summary>
    internal sealed record ServersEnded : GenerationEvent;

    /// <summary>SIGHUP, or the application: a restart.</summary>
    /// <param name="Asker">Who wants to know what comes of it: of its shell only, the machine does not look.</param>
    internal sealed record RestartAsked(RestartAsker? Asker = null) : GenerationEvent;

    /// <summary>SIGTERM or SIGINT: an end of the service.</summary>
    /// <param name="AtOnce">It was asked for before, by whoever sits at the terminal: SIGINT once more.</param>
    internal sealed record StopAsked(bool AtOnce = false) : GenerationEvent;

    /// <summary>SIGUSR2: an end of the drain.</summary>
    internal sealed record HammerAsked : GenerationEvent;

    /// <summary>The application has said what it leaves for the next generation.</summary>
    /// <param name="Question">To which of the questions: of its shell only, as in <see cref="StateRefused"/>.</param>
    internal sealed record StateGiven(int Question = 0) : GenerationEvent;

    /// <summary>It has not: it threw, gave too much, or did not return.</summary>
    internal sealed record StateRefused(string Reason, int Question = 0) : GenerationEvent;

    /// <summary>A time is over that <see cref="GenerationAction.StartTimer"/> began.</summary>
    internal sealed record TimedOut(GenerationTimer Timer) : GenerationEvent;

    /// <summary>The next generation's process runs.</summary>
    internal sealed record SuccessorSpawned : GenerationEvent;

    /// <summary>The next generation's process could not be started.</summary>
    internal sealed record SpawnFailed(string Reason) : GenerationEvent;

    /// <summary>The next generation says that it is ready: it accepts.</summary>
    internal sealed record SuccessorIsReady : GenerationEvent;

    /// <summary>The next generation says that it has failed, and is about to end.</summary>
    internal sealed record SuccessorFailed(string Reason) : GenerationEvent;

    /// <summary>The next generation says that it was told to stop.</summary>
    internal sealed record SuccessorStops : GenerationEvent;

    /// <summary>The next generation has closed its channel: mostly it has ended, and <see cref="SuccessorExited"/> follows.</summary>
    internal sealed record SuccessorClosed : GenerationEvent;

    /// <summary>What the next generation says is not the protocol: nothing more can be understood.</summary>
    internal sealed record SuccessorIsNonsense(string Reason) : GenerationEvent;

    /// <summary>The next generation has taken some of the connections that it was given.</summary>
    internal sealed record SomeHandedOver : GenerationEvent;

    /// <summary>The connections that waited for a request are the next generation's, or stay here by its own word.</summary>
    internal sealed record IdleHandedOver : GenerationEvent;

    /// <summary>The next generation's process has ended. What it had said before has been told before.</summary>
    /// <param name="How">In words.</param>
    /// <param name="IsInOrder">By itself, and with the code 0.</param>
    internal sealed record SuccessorExited(string How, bool IsInOrder = false) : GenerationEvent;

    /// <summary>The generation before this one begins to hand over.</summary>
    internal sealed record PredecessorHandsOver : GenerationEvent;

    /// <summary>The generation before this one has left the service to this one.</summary>
    internal sealed record PredecessorReleased : GenerationEvent;

    /// <summary>The generation before this one was told to stop while the service was its own.</summary>
    internal sealed record PredecessorStops : GenerationEvent;

    /// <summary>The generation before this one has ended, or can no longer be understood.</summary>
    /// <param name="Complaint">What it says that is no word of the control protocol; null if it has ended.</param>
    internal sealed record PredecessorIsGone(string? Complaint = null) : GenerationEvent;
}
