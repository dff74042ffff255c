using Endless.Http.Generations;
using static Endless.Http.Generations.GenerationAction;
using static Endless.Http.Generations.GenerationEvent;

namespace Endless.Http.Tests.Simulation;

/// <summary>The machine with one fault in it: what the simulator is there to find.</summary>
internal static class Mutant
{
    private static readonly Func<GenerationState, GenerationEvent, GenerationStep> Right = GenerationMachine.Next;

    /// <summary>By its name.</summary>
    public static Func<GenerationState, GenerationEvent, GenerationStep> Of(string name) => All[name];

    public static IReadOnlyDictionary<string, Func<GenerationState, GenerationEvent, GenerationStep>> All { get; } = new Dictionary<string, Func<GenerationState, GenerationEvent, GenerationStep>>
    {
        // What a restart must not do.
        ["a restart begins on probation"] = (state, happened) => happened is RestartAsked && state is { Own: OwnPhase.Serving, Predecessor: PredecessorPhase.Watching, Successor: SuccessorPhase.None }
            ? Right(state with { Predecessor = PredecessorPhase.Released }, happened)
            : Right(state, happened),
        ["it accepts beside its successor"] = Without<PauseServers>(),
        ["it does not accept again"] = Without<ResumeServers>(),
        ["released before the manager knows"] = (state, happened) => happened is IdleHandedOver ? Backwards(Right(state, happened)) : Right(state, happened),
        ["nonsense is not killed"] = (state, happened) => happened is SuccessorIsNonsense ? Leave<KillSuccessor>(Right(state, happened)) : Right(state, happened),
        ["the successor is released twice"] = (state, happened) => happened is TimedOut { Timer: GenerationTimer.Probation } && state.Successor == SuccessorPhase.Watched
            ? Right(state, happened).Also(new TellSuccessor(GenerationWord.Released))
            : Right(state, happened),

        // Stops that are forgotten.
        ["a successor's stop is not heard"] = Deaf<SuccessorStops>(),
        ["a predecessor's stop is not heard"] = Deaf<PredecessorStops>(),
        ["one that drains passes no stop on"] = (state, happened) => happened is StopAsked && state.Own == OwnPhase.Draining ? new(state, []) : Right(state, happened),

        // Waits without an end.
        ["no time to start"] = Timeless(GenerationTimer.Start),
        ["no time to hand over"] = Timeless(GenerationTimer.HandOver),
        ["no time for a farewell"] = Timeless(GenerationTimer.Farewell),
        ["no time for last words"] = Timeless(GenerationTimer.LastWords),
        ["a predecessor's end is not heard"] = Deaf<PredecessorIsGone>(),

        // Answers that nobody gets.
        ["a refused state is no answer"] = (state, happened) => happened is StateRefused ? Leave<FailRestart>(Right(state, happened)) : Right(state, happened),
        ["what was kept for later is dropped"] = (state, happened) => happened is StopAsked ? Leave<RefuseRestart>(Right(state, happened)) : Right(state, happened),

        // Found by the simulator in the machine itself.
        ["a stop is not heard of one given up"] = (state, happened) => happened is SuccessorStops && state.Successor == SuccessorPhase.Ending ? new(state, []) : Right(state, happened),
        ["one that has ended passes no stop on"] = (state, happened) =>
            happened is StopAsked && state is { Own: OwnPhase.Ended, Successor: SuccessorPhase.InCharge } ? new(state, []) : Right(state, happened),
        ["a child without servers tells no stop"] = (state, happened) =>
            happened is StopAsked && state is { Own: OwnPhase.Ended, Predecessor: PredecessorPhase.Watching or PredecessorPhase.HandingOver } ? new(state, []) : Right(state, happened),
        ["no successor is killed in the end"] = (state, happened) => happened is TimedOut { Timer: GenerationTimer.Farewell } ? Leave<KillSuccessor>(Right(state, happened)) : Right(state, happened),
    };

    private static Func<GenerationState, GenerationEvent, GenerationStep> Without<TAction>() => (state, happened) => Leave<TAction>(Right(state, happened));

    private static Func<GenerationState, GenerationEvent, GenerationStep> Deaf<TEvent>() => (state, happened) => happened is TEvent ? new(state, []) : Right(state, happened);

    private static Func<GenerationState, GenerationEvent, GenerationStep> Timeless(GenerationTimer timer) =>
        (state, happened) => Right(state, happened) is var step ? step with { Actions = [.. step.Actions.Where(action => action != new StartTimer(timer))] } : default;

    private static GenerationStep Leave<TAction>(GenerationStep step) => step with { Actions = [.. step.Actions.Where(action => action is not TAction)] };

    private static GenerationStep Backwards(GenerationStep step) => step with { Actions = [.. step.Actions.Reverse()] };
}
