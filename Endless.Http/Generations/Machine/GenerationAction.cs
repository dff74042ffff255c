namespace Endless.Http.Generations;

/// <summary>The times that a generation waits for at most.</summary>
internal enum GenerationTimer
{
    /// <summary>For the application to say what it leaves: as long as <see cref="Start"/>.</summary>
    State,

    /// <summary>For the next generation to be ready: <see cref="EndlessServer.StartTimeout"/>.</summary>
    Start,

    /// <summary>How long the next generation is watched: <see cref="EndlessServer.Probation"/>.</summary>
    Probation,

    /// <summary>For the next generation to take what it is given.</summary>
    HandOver,

    /// <summary>For a next generation that has failed to end by itself, so that its exit status can be told.</summary>
    LastWords,

    /// <summary>For a process that was killed to be gone.</summary>
    Kill,

    /// <summary>For this generation, of which a restart is wanted, to take the service over.</summary>
    Charge,

    /// <summary>For the next generation to end, told to stop together with this one or stopped by itself: it finishes what it has accepted.</summary>
    Farewell,
}

/// <summary>What a generation says to its neighbours.</summary>
internal enum GenerationWord
{
    /// <summary>To the one before: every server accepts.</summary>
    Ready,

    /// <summary>To the one before: this start has failed.</summary>
    Failed,

    /// <summary>To either: the service was told to stop.</summary>
    Stop,

    /// <summary>To the next one: connections come.</summary>
    TakeOver,

    /// <summary>To the next one: the service is yours.</summary>
    Released,
}

/// <summary>Why a restart does not begin.</summary>
internal enum Refusal
{
    /// <summary>This process is stopping, or has ended.</summary>
    Stopping,

    /// <summary>One is under way.</summary>
    UnderWay,

    /// <summary>The next generation is being watched: it is the one to restart, as soon as it has the service.</summary>
    TakingOver,

    /// <summary>The next generation has the service: it is the one to restart.</summary>
    TakenOver,

    /// <summary>The generation before this one does not leave it the service.</summary>
    OnProbation,

    /// <summary>This generation could not start.</summary>
    StartFailed,
}

/// <summary>Why a restart that was asked for begins later.</summary>
internal enum Postponement
{
    /// <summary>This generation is not ready itself.</summary>
    NotReady,

    /// <summary>The generation before this one has not left it the service.</summary>
    OnProbation,

    /// <summary>The process of the last attempt has not ended.</summary>
    Ending,
}

/// <summary>What <see cref="GenerationMachine.Next"/> has its shell do, in the order given.</summary>
internal abstract record GenerationAction
{
    /// <summary>Asks the application what it leaves; answered by <see cref="GenerationEvent.StateGiven"/> or <see cref="GenerationEvent.StateRefused"/>.</summary>
    internal sealed record AskState : GenerationAction;

    /// <summary>Starts the program once more; answered by <see cref="GenerationEvent.SuccessorSpawned"/> or <see cref="GenerationEvent.SpawnFailed"/>.</summary>
    internal sealed record Spawn : GenerationAction;

    /// <summary>Kills the next generation's process; answered by <see cref="GenerationEvent.SuccessorExited"/>.</summary>
    internal sealed record KillSuccessor : GenerationAction;

    /// <summary>Nothing that the next generation's process still does is heard any more.</summary>
    internal sealed record ForgetSuccessor : GenerationAction;

    /// <summary>Says something to the next generation.</summary>
    internal sealed record TellSuccessor(GenerationWord Word) : GenerationAction;

    /// <summary>Says something to the generation before.</summary>
    internal sealed record TellPredecessor(GenerationWord Word, string? Reason = null) : GenerationAction;

    /// <summary>The servers accept no more for now.</summary>
    internal sealed record PauseServers : GenerationAction;

    /// <summary>The servers accept again.</summary>
    internal sealed record ResumeServers : GenerationAction;

    /// <summary>Gives the next generation what waits for a request; answered by <see cref="GenerationEvent.IdleHandedOver"/>.</summary>
    internal sealed record HandOverIdle : GenerationAction;

    /// <summary>Gives the next generation nothing more: what it has not taken stays and is served here.</summary>
    internal sealed record TakeBack : GenerationAction;

    /// <summary>The servers drain, what can still go to the next generation goes there; answered by <see cref="GenerationEvent.ServersEnded"/>.</summary>
    internal sealed record DrainServers : GenerationAction;

    /// <summary>The servers stop; answered by <see cref="GenerationEvent.ServersStop"/> and <see cref="GenerationEvent.ServersEnded"/>.</summary>
    internal sealed record StopServers : GenerationAction;

    /// <summary>A drain that is under way ends now.</summary>
    internal sealed record HammerServers : GenerationAction;

    /// <summary>Begins a time, anew if it is running; answered by <see cref="GenerationEvent.TimedOut"/>.</summary>
    internal sealed record StartTimer(GenerationTimer Timer) : GenerationAction;

    /// <summary>Ends a time.</summary>
    internal sealed record StopTimer(GenerationTimer Timer) : GenerationAction;

    /// <summary>Tells everybody that this generation accepts: pid file and control socket name it from now on.</summary>
    internal sealed record AnnounceReady : GenerationAction;

    /// <summary>Tells everybody that this generation is the service.</summary>
    /// <param name="Announced">The generation before has told the service manager.</param>
    internal sealed record TakeCharge(bool Announced) : GenerationAction;

    /// <summary>Tells everybody that the service is about to stop.</summary>
    internal sealed record AnnounceStop : GenerationAction;

    /// <summary>A restart has begun: whoever has asked until now hears what comes of it.</summary>
    internal sealed record BeginRestart : GenerationAction;

    /// <summary>Tells everybody that the next generation's process runs.</summary>
    internal sealed record AnnounceSuccessor : GenerationAction;

    /// <summary>Tells everybody that the next generation accepts.</summary>
    internal sealed record AnnounceSuccessorReady : GenerationAction;

    /// <summary>The restart has succeeded: counts it, tells everybody, answers.</summary>
    internal sealed record SucceedRestart : GenerationAction;

    /// <summary>The restart has failed: counts it, logs why, tells everybody (pid file and control socket name this generation again), answers.</summary>
    internal sealed record FailRestart(RestartFailure Failure) : GenerationAction;

    /// <summary>Answers whoever has asked that no restart begins.</summary>
    internal sealed record RefuseRestart(Refusal Refusal) : GenerationAction;

    /// <summary>Logs that the restart begins later.</summary>
    internal sealed record PostponeRestart(Postponement Postponement) : GenerationAction;

    /// <summary>Tells everybody that the generation before is gone.</summary>
    internal sealed record AnnouncePredecessorGone : GenerationAction;

    /// <summary>Logs that a stop was asked for that is under way.</summary>
    internal sealed record NoteStop : GenerationAction;

    /// <summary>Logs how the next generation ended, which had the service.</summary>
    internal sealed record NoteSuccessorEnd(string How) : GenerationAction;

    /// <summary>Logs what the next generation says that is no word of the control protocol; it has the service, so that it keeps it.</summary>
    internal sealed record NoteSuccessorNonsense(string Reason) : GenerationAction;

    /// <summary>Logs that the next generation was told to stop, and that so does this one.</summary>
    internal sealed record NoteSuccessorStop : GenerationAction;
}
