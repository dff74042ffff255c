namespace Endless.Http.Tests.Simulation;

/// <summary>What can happen next in a family.</summary>
internal enum Kind : byte
{
    // By themselves.
    GoOn, HandleSignal, ReadUp, SeeExit, ReadDown, Time, StateGiven, SpawnDone, TellSpawned, Accept, TellAccept, TellStop, RequestEnds, ConnectionEnds, ServersEnd, Exit, Give, TellIdle, HammerTime, Thaw,

    // By themselves, at the price of a fault.
    StateRefused, SpawnFails, SpawnRogue, StartFails, StartExits, StartHangs,

    // From outside.
    Signal, Connect, AppStops, AppCloses, Kill, Freeze, TearUp, TearDown, RogueSays,
}

/// <summary>One thing that happens to one process.</summary>
internal readonly record struct Move(Kind Kind, byte Process, byte Argument = 0);

/// <summary>The signals, as bits of those that a process has not handled.</summary>
internal static class Signals
{
    public const byte Hup = 0, Term = 1, Int = 2, IntAgain = 3, Usr2 = 4, Count = 5;

    public static string Name(int signal) => signal switch { Hup => "SIGHUP", Term => "SIGTERM", Int => "SIGINT", IntAgain => "SIGINT again", _ => "SIGUSR2" };
}

/// <summary>How much may happen from outside in a story.</summary>
internal readonly record struct Limits(int Processes, byte Signals, byte Faults, byte Connections, bool IsManaged, bool IsFine);
