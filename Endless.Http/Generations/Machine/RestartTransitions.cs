using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions from a wish for a restart to the spawn, and the word of the application that goes with it.</summary>
internal static class RestartTransitions
{
    internal static GenerationStep Asked(GenerationState state) => state switch
    {
        { Own: OwnPhase.Draining } or { Own: OwnPhase.Ended, Successor: SuccessorPhase.InCharge } => state.To(state, new RefuseRestart(Refusal.TakenOver)),
        { Own: OwnPhase.Stopping or OwnPhase.Ended } => state.To(state, new RefuseRestart(Refusal.Stopping)),
        // Whoever signalled meant the service, and this process will be it in a moment.
        { Own: OwnPhase.Starting } => Postpone(state, Postponement.NotReady),
        { Successor: SuccessorPhase.Preparing or SuccessorPhase.Starting } => state.To(state, new RefuseRestart(Refusal.UnderWay)),
        { Successor: SuccessorPhase.Watched or SuccessorPhase.TakingOver } => state.To(state, new RefuseRestart(Refusal.TakingOver)),
        { Successor: SuccessorPhase.Ending } => Postpone(state, Postponement.Ending),
        { IsInCharge: false } => Postpone(state, Postponement.OnProbation).Also(new StartTimer(GenerationTimer.Charge)),
        _ => Begin(state),
    };

    /// <summary>Begins a restart that was asked for before it might begin.</summary>
    internal static GenerationStep BeginIfWanted(GenerationState state) =>
        state is { RestartIsWanted: true, Own: OwnPhase.Serving, IsInCharge: true, Successor: SuccessorPhase.None } ? Begin(state) : state.To(state);

    internal static GenerationStep StateAnswered(GenerationState state) => state.Successor switch
    {
        SuccessorPhase.Preparing => state.To(state with { Successor = SuccessorPhase.Starting }, new StopTimer(GenerationTimer.State), new StartTimer(GenerationTimer.Start), new Spawn()),
        SuccessorPhase.TakingOver => state.To(state, new StopTimer(GenerationTimer.State), new TellSuccessor(GenerationWord.TakeOver), new HandOverIdle(), new StartTimer(GenerationTimer.HandOver)),
        _ => state.To(state),
    };

    /// <summary>Before there is a successor the restart fails with it. Afterwards the service matters more: the successor keeps what it was given first.</summary>
    internal static GenerationStep StateRefused(GenerationState state, string reason) => state.Successor == SuccessorPhase.Preparing
        ? state.To(state with { Successor = SuccessorPhase.None }, new StopTimer(GenerationTimer.State), new FailRestart(new(FailureCause.State, reason))).Then(BeginIfWanted)
        : StateAnswered(state);

    internal static GenerationStep ChargeTimedOut(GenerationState state) => state is { RestartIsWanted: true, Own: OwnPhase.Serving, IsInCharge: false }
        ? state.To(state with { RestartIsWanted = false }, new RefuseRestart(Refusal.OnProbation))
        : state.To(state);

    private static GenerationStep Begin(GenerationState state) =>
        state.To(state with { RestartIsWanted = false, Successor = SuccessorPhase.Preparing }, new StopTimer(GenerationTimer.Charge), new BeginRestart(), new StartTimer(GenerationTimer.State), new AskState());

    private static GenerationStep Postpone(GenerationState state, Postponement why) => state.To(state with { RestartIsWanted = true }, new PostponeRestart(why));
}
