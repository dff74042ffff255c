using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The transitions upon what the generation before this one says and does.</summary>
internal static class PredecessorTransitions
{
    internal static GenerationStep HandsOver(GenerationState state) =>
        state.To(state.Predecessor == PredecessorPhase.Watching ? state with { Predecessor = PredecessorPhase.HandingOver } : state);

    /// <summary>From here on it can never accept again, and a restart of this one may begin.</summary>
    internal static GenerationStep Released(GenerationState state) => state.Predecessor is PredecessorPhase.Watching or PredecessorPhase.HandingOver
        ? TakeCharge(state with { Predecessor = PredecessorPhase.Released }, announced: true)
        : state.To(state);

    internal static GenerationStep IsGone(GenerationState state) => state.Predecessor switch
    {
        PredecessorPhase.None or PredecessorPhase.Gone => state.To(state),
        // Not ready yet: it takes charge when it is.
        PredecessorPhase.Serving => state.To(state with { Predecessor = PredecessorPhase.Gone }, new AnnouncePredecessorGone()),
        PredecessorPhase.Released => state.To(state with { Predecessor = PredecessorPhase.Gone }, new AnnouncePredecessorGone()),
        _ => state.To(state, new AnnouncePredecessorGone()).Then(static state => TakeCharge(state with { Predecessor = PredecessorPhase.Gone }, announced: false)),
    };

    private static GenerationStep TakeCharge(GenerationState state, bool announced) =>
        state.Own == OwnPhase.Serving ? state.To(state, new TakeCharge(announced)).Then(RestartTransitions.BeginIfWanted) : state.To(state);
}
