using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions of a generation's own life: it starts, accepts, ends. How it stops is in <see cref="StopTransitions"/>.</summary>
internal static class OwnTransitions
{
    /// <summary>A program whose servers have all ended may make another; not after the next generation took the service over, nor where the predecessor has given it up.</summary>
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

    /// <summary>If a server fails, so does the restart that made this process; it is about to end by itself.</summary>
    internal static GenerationStep StartFailed(GenerationState state, string reason) =>
        state is { Own: OwnPhase.Starting, Predecessor: PredecessorPhase.Serving }
            ? StopTransitions.Unwanted(state, Refusal.StartFailed).Also(new TellPredecessor(GenerationWord.Failed, reason))
            : state.To(state);

    internal static GenerationStep ServersEnded(GenerationState state)
    {
        // Without having been told to stop: they could not start, or were closed.
        var step = state.Own is OwnPhase.Starting or OwnPhase.Serving ? StopTransitions.Unwanted(state, Refusal.Stopping).Then(StopTransitions.TellPredecessorOfEnd).Then(SuccessorTransitions.StopWith) : state.To(state);
        step = step with { State = step.State with { Own = OwnPhase.Ended } };
        return step.State.Successor == SuccessorPhase.Stopping ? step.Also(new StartTimer(GenerationTimer.Farewell)) : step;
    }
}
