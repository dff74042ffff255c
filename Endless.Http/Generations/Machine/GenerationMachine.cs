using static Endless.Http.Generations.GenerationEvent;

namespace Endless.Http.Generations;

/// <summary>
/// What a generation does upon what happens to it and its neighbours: (state, event) to (state, actions). Pure: it knows no thread, no clock and no process, so that whole families of
/// generations are played through by a simulator. <see cref="Generation"/> is its shell. docs/restart.md has the table, made from this.
/// </summary>
/// <remarks>
/// <para>Two generations that serve for ever, or none: that is what this is against. So the way there and back is one line.
/// A generation restarts only while the service is its own, and it is its own from <see cref="PredecessorPhase.Released"/> on; from that moment the one before can never accept again, and until
/// that moment it can at any time. So of three generations no two ever watch each other.</para>
/// <para>An event that makes no sense in a state leaves it as it is: it is late, or a neighbour's nonsense.</para>
/// </remarks>
internal static class GenerationMachine
{
    /// <summary>The state after an event, and what is to be done.</summary>
    internal static GenerationStep Next(GenerationState state, GenerationEvent happened) => happened switch
    {
        ServersStart => OwnTransitions.ServersStart(state),
        ServersAccept => OwnTransitions.ServersAccept(state),
        StartFailed failed => OwnTransitions.StartFailed(state, failed.Reason),
        ServersStop => StopTransitions.Stop(state, servers: true).Also(new GenerationAction.AnnounceStop()),
        ServersEnded => OwnTransitions.ServersEnded(state),
        StopAsked { AtOnce: true } when state.Own == OwnPhase.Stopping => StopTransitions.StopAtOnce(state),
        StopAsked => StopTransitions.Stop(state, servers: false),
        HammerAsked => state.To(state, new GenerationAction.HammerServers()),

        RestartAsked => RestartTransitions.Asked(state),
        StateGiven => RestartTransitions.StateAnswered(state),
        StateRefused refused => RestartTransitions.StateRefused(state, refused.Reason),

        SuccessorSpawned => SuccessorTransitions.Spawned(state),
        SpawnFailed failed => SuccessorTransitions.SpawnFailed(state, failed.Reason),
        SuccessorIsReady => SuccessorTransitions.IsReady(state),
        SuccessorFailed failed => SuccessorTransitions.Failed(state, failed.Reason),
        SuccessorStops => StopTransitions.SuccessorStops(state),
        SuccessorClosed => SuccessorTransitions.Closed(state),
        SuccessorIsNonsense nonsense => SuccessorTransitions.IsNonsense(state, nonsense.Reason),
        SomeHandedOver => SuccessorTransitions.SomeHandedOver(state),
        IdleHandedOver => SuccessorTransitions.IdleHandedOver(state),
        SuccessorExited exited => SuccessorTransitions.Exited(state, exited.How, exited.IsInOrder),

        PredecessorHandsOver => PredecessorTransitions.HandsOver(state),
        PredecessorReleased => PredecessorTransitions.Released(state),
        PredecessorStops => StopTransitions.PredecessorStops(state),
        PredecessorIsGone => PredecessorTransitions.IsGone(state),

        TimedOut { Timer: GenerationTimer.State } => RestartTransitions.StateRefused(state, "it did not return in time"),
        TimedOut { Timer: GenerationTimer.Charge } => RestartTransitions.ChargeTimedOut(state),
        TimedOut timedOut => SuccessorTransitions.TimedOut(state, timedOut.Timer),
        _ => state.To(state),
    };
}

/// <summary>What comes of an event.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Actions">What is to be done, in this order.</param>
internal readonly record struct GenerationStep(GenerationState State, GenerationAction[] Actions)
{
    /// <summary>And something more.</summary>
    internal GenerationStep Also(params ReadOnlySpan<GenerationAction> actions) => this with { Actions = [.. Actions, .. actions] };

    /// <summary>And what follows from it at once.</summary>
    internal GenerationStep Then(Func<GenerationState, GenerationStep> next)
    {
        var step = next(State);
        return step with { Actions = [.. Actions, .. step.Actions] };
    }
}

/// <summary>How a step is written.</summary>
internal static class GenerationStepExtensions
{
    /// <summary>From a state to the next.</summary>
    internal static GenerationStep To(this GenerationState _, GenerationState next, params ReadOnlySpan<GenerationAction> actions) => new(next, actions.ToArray());
}
