using Endless.Http.Generations;
using static Endless.Http.Generations.GenerationEvent;

namespace Endless.Http.Tests.Simulation;

/// <summary>The events of the machine, numbered, so that a step is a look into a table.</summary>
internal enum Happening : byte
{
    ServersStart, ServersAccept, StartFailed, ServersStop, ServersEnded, RestartAsked, StopAsked, StopAskedAgain, HammerAsked, StateGiven, StateRefused, SuccessorSpawned, SpawnFailed,
    SuccessorIsReady, SuccessorFailed, SuccessorStops, SuccessorClosed, SuccessorIsNonsense, SomeHandedOver, IdleHandedOver, SuccessorExited,
    PredecessorHandsOver, PredecessorReleased, PredecessorStops, PredecessorIsGone,
    StateTimedOut, StartTimedOut, ProbationTimedOut, HandOverTimedOut, LastWordsTimedOut, KillTimedOut, ChargeTimedOut, FarewellTimedOut,
}

/// <summary>What the numbers stand for.</summary>
internal static class Happenings
{
    public static readonly int Count = Enum.GetValues<Happening>().Length;

    public static Happening Of(GenerationTimer timer) => Happening.StateTimedOut + (byte)timer;

    public static GenerationEvent Event(Happening happening) => happening switch
    {
        Happening.ServersStart => new ServersStart(),
        Happening.ServersAccept => new ServersAccept(),
        Happening.StartFailed => new StartFailed("it failed"),
        Happening.ServersStop => new ServersStop(),
        Happening.ServersEnded => new ServersEnded(),
        Happening.RestartAsked => new RestartAsked(),
        Happening.StopAsked => new StopAsked(),
        Happening.StopAskedAgain => new StopAsked(AtOnce: true),
        Happening.HammerAsked => new HammerAsked(),
        Happening.StateGiven => new StateGiven(),
        Happening.StateRefused => new StateRefused("it threw"),
        Happening.SuccessorSpawned => new SuccessorSpawned(),
        Happening.SpawnFailed => new SpawnFailed("no process"),
        Happening.SuccessorIsReady => new SuccessorIsReady(),
        Happening.SuccessorFailed => new SuccessorFailed("it says so"),
        Happening.SuccessorStops => new SuccessorStops(),
        Happening.SuccessorClosed => new SuccessorClosed(),
        Happening.SuccessorIsNonsense => new SuccessorIsNonsense("nonsense"),
        Happening.SomeHandedOver => new SomeHandedOver(),
        Happening.IdleHandedOver => new IdleHandedOver(),
        Happening.SuccessorExited => new SuccessorExited("exited"),
        Happening.PredecessorHandsOver => new PredecessorHandsOver(),
        Happening.PredecessorReleased => new PredecessorReleased(),
        Happening.PredecessorStops => new PredecessorStops(),
        Happening.PredecessorIsGone => new PredecessorIsGone(),
        _ => new TimedOut((GenerationTimer)(happening - Happening.StateTimedOut)),
    };
}
