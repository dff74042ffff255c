using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions upon what the next generation says and does, from its spawn to its end.</summary>
internal static class SuccessorTransitions
{
    internal static GenerationStep Spawned(GenerationState state) => state.Successor switch
    {
        SuccessorPhase.Starting => state.To(state, new AnnounceSuccessor()),
        // Told to end while it was being started: nobody could kill it then.
        SuccessorPhase.Ending => state.To(state, new AnnounceSuccessor(), new KillSuccessor()),
        _ => state.To(state),
    };

    internal static GenerationStep SpawnFailed(GenerationState state, string reason) => state.Successor switch
    {
        SuccessorPhase.Starting => End(state, new(FailureCause.Spawn, reason)),
        SuccessorPhase.Ending => End(state, state.Failure!),
        _ => state.To(state),
    };

    internal static GenerationStep IsReady(GenerationState state) => state.Successor == SuccessorPhase.Starting
        ? state.To(state with { Successor = SuccessorPhase.Watched },
            new StopTimer(GenerationTimer.Start), new PauseServers(), new AnnounceSuccessorReady(), new StartTimer(GenerationTimer.Probation))
        : state.To(state);

    /// <summary>It says so and ends; its exit status is worth a moment. One that has accepted finishes what it has.</summary>
    internal static GenerationStep Failed(GenerationState state, string reason) =>
        IsTried(state) ? Fail(state, new(FailureCause.Said, reason), state.SuccessorAccepts ? GenerationTimer.Farewell : GenerationTimer.LastWords) : state.To(state);

    /// <summary>Mostly it has ended, and its exit follows. If it lives it has failed too: it cannot be spoken with.</summary>
    internal static GenerationStep Closed(GenerationState state) =>
        IsTried(state) ? Fail(state, new(FailureCause.Closed), GenerationTimer.LastWords) : state.To(state);

    internal static GenerationStep IsNonsense(GenerationState state, string reason) =>
        IsTried(state) ? Fail(state, new(FailureCause.Nonsense, reason), GenerationTimer.Kill)
        : state.Successor == SuccessorPhase.InCharge ? state.To(state, new NoteSuccessorNonsense(reason))
        : state.To(state);

    /// <summary>Each batch begins the time anew: only a successor that takes none has failed.</summary>
    internal static GenerationStep SomeHandedOver(GenerationState state) =>
        state.Successor == SuccessorPhase.TakingOver ? state.To(state, new StartTimer(GenerationTimer.HandOver)) : state.To(state);

    /// <summary>The point of no return: from here on only the successor accepts. The service manager hears it before the successor does.</summary>
    internal static GenerationStep IdleHandedOver(GenerationState state) => state is { Own: OwnPhase.Serving, Successor: SuccessorPhase.TakingOver }
        ? state.To(state with { Own = OwnPhase.Draining, Successor = SuccessorPhase.InCharge },
            new StopTimer(GenerationTimer.HandOver), new SucceedRestart(), new TellSuccessor(GenerationWord.Released), new DrainServers())
        : state.To(state);

    internal static GenerationStep Exited(GenerationState state, string how, bool isInOrder) => state.Successor switch
    {
        SuccessorPhase.Starting => End(state, new(FailureCause.Exited, how)),
        SuccessorPhase.Watched or SuccessorPhase.TakingOver => Return(state).Then(state => End(state, new(FailureCause.Exited, how))),
        // It closed its channel by ending: how it ended says more, unless it was killed for it.
        SuccessorPhase.Ending => End(state, state.Failure is { Cause: FailureCause.Closed, Detail: null } ? new(FailureCause.Exited, how) : state.Failure!),
        SuccessorPhase.InCharge => state.To(state, isInOrder ? [] : [new NoteSuccessorEnd(how)]),
        SuccessorPhase.Stopping => state.To(state with { Successor = SuccessorPhase.None }, new StopTimer(GenerationTimer.Farewell), new ForgetSuccessor()),
        _ => state.To(state),
    };

    internal static GenerationStep TimedOut(GenerationState state, GenerationTimer timer) => (timer, state.Successor) switch
    {
        (GenerationTimer.Start, SuccessorPhase.Starting) => Fail(state, new(FailureCause.Late), GenerationTimer.Kill),
        (GenerationTimer.Probation, SuccessorPhase.Watched) => state.To(state with { Successor = SuccessorPhase.TakingOver }, new StartTimer(GenerationTimer.State), new AskState()),
        (GenerationTimer.HandOver, SuccessorPhase.TakingOver) => Fail(state, new(FailureCause.Deaf), GenerationTimer.Kill),
        (GenerationTimer.LastWords or GenerationTimer.Farewell, SuccessorPhase.Ending) =>
            state.To(state with { Failure = state.Failure! with { Detail = state.Failure.Detail ?? "" } }, new KillSuccessor(), new StartTimer(GenerationTimer.Kill)),
        // Killed and not gone: in the kernel's hands, where it serves nobody.
        (GenerationTimer.Kill, SuccessorPhase.Ending) => End(state, state.Failure!),
        // It has not heard of the stop, or cannot: it would serve on, alone.
        (GenerationTimer.Farewell, SuccessorPhase.Stopping) => state.To(state with { Successor = SuccessorPhase.None }, new KillSuccessor(), new ForgetSuccessor()),
        _ => state.To(state),
    };

    /// <summary>This generation stops: one that is not ready is killed; one that accepts stops too, and is waited for.</summary>
    internal static GenerationStep StopWith(GenerationState state) => state.Successor switch
    {
        SuccessorPhase.Preparing => state.To(state with { Successor = SuccessorPhase.None }, new FailRestart(new(FailureCause.Stopped))),
        SuccessorPhase.Starting => Fail(state, new(FailureCause.Stopped), GenerationTimer.Kill),
        SuccessorPhase.Watched or SuccessorPhase.TakingOver => TakeBack(state with { Successor = SuccessorPhase.Stopping }, state.Successor)
            .Also(new TellSuccessor(GenerationWord.Stop), new FailRestart(new(FailureCause.Stopped))),
        _ => state.To(state),
    };

    /// <summary>It might still become the next generation.</summary>
    private static bool IsTried(GenerationState state) => state.Successor == SuccessorPhase.Starting || state.SuccessorAccepts;

    /// <summary>It has failed: the service is this generation's again, at once, and its process is to end.</summary>
    private static GenerationStep Fail(GenerationState state, RestartFailure failure, GenerationTimer until)
    {
        var step = Return(state);
        step = step with { State = step.State with { Successor = SuccessorPhase.Ending, Failure = failure } };
        if (until == GenerationTimer.Kill) step = step.Also(new KillSuccessor());
        return step.Also(new StartTimer(until));
    }

    /// <summary>This generation accepts again: before anything else, since until it does nobody may.</summary>
    private static GenerationStep Return(GenerationState state)
    {
        if (!state.SuccessorAccepts) return state.To(state, new StopTimer(GenerationTimer.Start));
        var step = TakeBack(state, state.Successor);
        return state.Own == OwnPhase.Serving ? new GenerationStep(step.State, [new ResumeServers(), .. step.Actions]) : step;
    }

    private static GenerationStep TakeBack(GenerationState state, SuccessorPhase from) => from == SuccessorPhase.TakingOver
        ? state.To(state, new StopTimer(GenerationTimer.HandOver), new TakeBack())
        : state.To(state, new StopTimer(GenerationTimer.Probation));

    /// <summary>The attempt is over.</summary>
    private static GenerationStep End(GenerationState state, RestartFailure failure) =>
        state.To(state with { Successor = SuccessorPhase.None, Failure = null },
            new StopTimer(GenerationTimer.Start), new StopTimer(GenerationTimer.LastWords), new StopTimer(GenerationTimer.Farewell), new StopTimer(GenerationTimer.Kill), new FailRestart(failure), new ForgetSuccessor())
            .Then(RestartTransitions.BeginIfWanted);
}
