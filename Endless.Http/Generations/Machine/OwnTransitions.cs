using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions of a generation's own life: it starts, accepts, stops, ends.</summary>
internal static class OwnTransitions
{
    /// <summary>A program whose servers have all ended may make another; not one that has left its service to the next generation, or that the one before has given up for it.</summary>
    internal static GenerationStep ServersStart(GenerationState state) =>
        state.To(state is { Own: OwnPhase.Ended, Successor: SuccessorPhase.None, Predecessor: not (PredecessorPhase.Watching or PredecessorPhase.HandingOver) }
            ? state with { Own = OwnPhase.Starting }
            : state);

    internal static GenerationStep ServersAccept(GenerationState state)
    {
        if (state.Own != OwnPhase.Starting) return state.To(state);
        var serving = state with { Own = OwnPhase.Serving };
        if (state.Predecessor != PredecessorPhase.Serving)
            return state.To(serving, new AnnounceReady(), new TakeCharge(Announced: false)).Then(RestartTransitions.BeginIfWanted);
        var step = state.To(serving with { Predecessor = PredecessorPhase.Watching }, new AnnounceReady(), new TellPredecessor(GenerationWord.Ready));
        return state.RestartIsWanted ? step.Also(new StartTimer(GenerationTimer.Charge)) : step;
    }

    /// <summary>With a server the restart has failed that this process is for; it is about to end by itself.</summary>
    internal static GenerationStep StartFailed(GenerationState state, string reason) =>
        state is { Own: OwnPhase.Starting, Predecessor: PredecessorPhase.Serving }
            ? Unwanted(state, Refusal.StartFailed).Also(new TellPredecessor(GenerationWord.Failed, reason))
            : state.To(state);

    /// <summary>
    /// The service is to end. Until it is released, a stop of either generation is a stop of both: whoever signals one means the service. Not so a new program that stops itself on probation, as one does
    /// whose background work fails: against such programs there is the probation.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="servers">The servers know: the program, or a signal before, has told them.</param>
    internal static GenerationStep Stop(GenerationState state, bool servers)
    {
        var step = state.Own switch
        {
            OwnPhase.Starting or OwnPhase.Serving => Unwanted(state with { Own = OwnPhase.Stopping }, Refusal.Stopping).Then(servers ? TellPredecessorOfEnd : TellPredecessor).Then(SuccessorTransitions.StopWith),
            // Told twice: the first may have begun a delay, which the second ends. Or it stopped by itself, which the one before is not to do with it.
            OwnPhase.Stopping => servers ? state.To(state) : state.To(state, new NoteStop()).Then(TellPredecessor),
            // A manager that signals it has not heard yet that it is not the main process any more.
            OwnPhase.Draining or OwnPhase.Ended when state is { IsManaged: true, Successor: SuccessorPhase.InCharge } && !servers => state.To(state, new NoteStop(), new TellSuccessor(GenerationWord.Stop)),
            // It has no server any more, and its end is awaited before the one before is named again: whoever signals it means the service.
            OwnPhase.Ended when !servers => state.To(state, new NoteStop()).Then(TellPredecessor),
            _ => state.To(state, servers ? [] : [new NoteStop()]),
        };
        return servers || step.State.Own != OwnPhase.Stopping ? step : step.Also(new StopServers());
    }

    /// <summary>The service is to end now, and has been told to end before.</summary>
    internal static GenerationStep StopAtOnce(GenerationState state) => state.To(state, new HammerServers()).Then(TellPredecessor);

    internal static GenerationStep ServersEnded(GenerationState state)
    {
        // Without having been told to stop: they could not start, or were closed.
        var step = state.Own is OwnPhase.Starting or OwnPhase.Serving ? Unwanted(state, Refusal.Stopping).Then(TellPredecessorOfEnd).Then(SuccessorTransitions.StopWith) : state.To(state);
        step = step with { State = step.State with { Own = OwnPhase.Ended } };
        return step.State.Successor == SuccessorPhase.Stopping ? step.Also(new StartTimer(GenerationTimer.Farewell)) : step;
    }

    /// <summary>A restart that was kept for later does not begin.</summary>
    private static GenerationStep Unwanted(GenerationState state, Refusal refusal) =>
        state.RestartIsWanted ? state.To(state with { RestartIsWanted = false }, new StopTimer(GenerationTimer.Charge), new RefuseRestart(refusal)) : state.To(state);

    /// <summary>Its process may live on for long without a server: the one before accepts again now.</summary>
    private static GenerationStep TellPredecessorOfEnd(GenerationState state) => state.Predecessor switch
    {
        PredecessorPhase.Serving => TellPredecessor(state),
        PredecessorPhase.Watching or PredecessorPhase.HandingOver => state.To(state, new TellPredecessor(GenerationWord.Failed, "its program has stopped its servers")),
        _ => state.To(state),
    };

    private static GenerationStep TellPredecessor(GenerationState state) => state.Predecessor switch
    {
        PredecessorPhase.Serving => state.To(state, new TellPredecessor(GenerationWord.Failed, "it was told to stop")),
        PredecessorPhase.Watching or PredecessorPhase.HandingOver => state.To(state, new TellPredecessor(GenerationWord.Stop)),
        _ => state.To(state),
    };
}
