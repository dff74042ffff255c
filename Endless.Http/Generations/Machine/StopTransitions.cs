using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions by which the service comes to its end: this generation, the one before or the one after was told to stop.</summary>
internal static class StopTransitions
{
    /// <summary>
    /// The service is to end. Until it is released, a stop of either generation stops both: a signal to one means the service. Not so if a new program stops itself on probation, as after a
    /// failure of its background work: the probation is there for such programs.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="servers">The servers know: the program, or a signal before, has told them.</param>
    internal static GenerationStep Stop(GenerationState state, bool servers)
    {
        var step = state.Own switch
        {
            OwnPhase.Starting or OwnPhase.Serving => Unwanted(state with { Own = OwnPhase.Stopping }, Refusal.Stopping).Then(servers ? TellPredecessorOfEnd : TellPredecessor).Then(SuccessorTransitions.StopWith),
            // Told twice: the second ends a delay that the first may have begun. Or it had stopped by itself, and the predecessor had not.
            OwnPhase.Stopping => servers ? state.To(state) : state.To(state, new NoteStop()).Then(TellPredecessor),
            // Race: the manager signals it before it hears of the new main process.
            OwnPhase.Draining or OwnPhase.Ended when state is { IsManaged: true, Successor: SuccessorPhase.InCharge } && !servers => state.To(state, new NoteStop(), new TellSuccessor(GenerationWord.Stop)),
            // Without a server it stays the main process until its end, when the predecessor is named: a signal to it means the service.
            OwnPhase.Ended when !servers => state.To(state, new NoteStop()).Then(TellPredecessor),
            _ => state.To(state, servers ? [] : [new NoteStop()]),
        };
        return servers || step.State.Own != OwnPhase.Stopping ? step : step.Also(new StopServers());
    }

    /// <summary>The service is to end now, and has been told to end before.</summary>
    internal static GenerationStep StopAtOnce(GenerationState state) => state.To(state, new HammerServers()).Then(TellPredecessor);

    /// <summary>The predecessor was told to stop, and with it the service; once it has released the service, it ends alone.</summary>
    internal static GenerationStep PredecessorStops(GenerationState state) => state.Predecessor == PredecessorPhase.None ? state.To(state) : Stop(state, servers: false);

    /// <summary>The next generation was told to stop, and this means the service: this generation stops too, and does not accept in its place.</summary>
    internal static GenerationStep SuccessorStops(GenerationState state) => state.Successor switch
    {
        SuccessorPhase.Starting => SuccessorTransitions.Failed(state, "it was told to stop"),
        // Race (Ending): it was given up while its message was on its way, and has already agreed to stop.
        SuccessorPhase.Watched or SuccessorPhase.TakingOver or SuccessorPhase.Ending => state.To(state, new NoteSuccessorStop()).Then(static state => Stop(state, servers: false)),
        _ => state.To(state),
    };

    /// <summary>A restart that was kept for later does not begin.</summary>
    internal static GenerationStep Unwanted(GenerationState state, Refusal refusal) =>
        state.RestartIsWanted ? state.To(state with { RestartIsWanted = false }, new StopTimer(GenerationTimer.Charge), new RefuseRestart(refusal)) : state.To(state);

    /// <summary>It may live on for long without a server: the predecessor accepts again now.</summary>
    internal static GenerationStep TellPredecessorOfEnd(GenerationState state) => state.Predecessor switch
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
