using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>Stories that end with a stop at a bad moment: a stop is never forgotten.</summary>
internal static class StopPlots
{
    public static IEnumerable<Plot> All { get; } =
    [
        new("a stop as a child starts", 8, random => (Plots.Setup(random), [Steps.Restart(100), Steps.Child(), Steps.Signal(random.Next(300), Signum.SIGTERM, Whom(random))])),
        new("a stop when a child serves", 10, random => (Plots.Setup(random), [Steps.Restart(100), Steps.Child(listening: true), Steps.Signal(random.Next(700), Signum.SIGTERM, Target.PidFile)])),
        // Half of the probation is over at the latest: both are still in it. A child that is not ready yet is no service: its stop is a restart that fails.
        new("a stop of the parent on probation", 6, random => (new FamilySetup { Probation = TimeSpan.FromSeconds(2) },
            [Steps.Restart(100), Steps.Child(listening: true), Steps.Signal(random.Next(1_000), Signum.SIGTERM, random.Next(2) == 0 ? Target.Parent : Target.PidFile)])),
        new("a stop as the child dies", 10, random => (Watchful(random),
            [Steps.Restart(100), Steps.Child(listening: random.Next(3) > 0), Steps.Signal(random.Next(300), Signum.SIGKILL, Target.Child), Steps.Signal(random.Next(40), Signum.SIGTERM, Target.First)])),
        new("a stop before the child dies", 6, random => (Watchful(random),
            [Steps.Restart(100), Steps.Child(listening: random.Next(3) > 0), Steps.Signal(random.Next(300), Signum.SIGTERM, Target.First), Steps.Signal(random.Next(20), Signum.SIGKILL, Target.Child)])),
        new("a stop of a frozen family", 8, random => (Plots.Setup(random),
            [Steps.Restart(100), Steps.Child(listening: random.Next(2) == 0), Steps.Freeze(random.Next(300), random.Next(2) == 0 ? Target.All : Target.Parent, Plots.Span(random)), Steps.Signal(random.Next(300), Signum.SIGTERM, Target.PidFile)])),
        new("a stop among SIGHUPs", 6, random => (Plots.Setup(random),
            [.. Plots.Repeat(random, 1, 8, () => [Steps.Signal(random.Next(60), Signum.SIGHUP, Target.All)]), Steps.Signal(random.Next(60), Signum.SIGTERM, Target.PidFile), .. Plots.Repeat(random, 0, 3, () => [Steps.Signal(random.Next(60), Signum.SIGHUP, Target.All)])])),
        new("a stop of a child that fails", 6, random => (Plots.Setup(random),
            [Steps.TellNext(0, random.Next(2) == 0 ? $"exit-after {random.Next(300)} 0" : $"exit {random.Next(2)}", Fate.Dies), Steps.Restart(100), Steps.Child(), Steps.Signal(random.Next(400), Signum.SIGTERM, Target.PidFile)])),
    ];

    /// <summary>With a probation that lasts until the stop.</summary>
    private static FamilySetup Watchful(Random random) => new() { Probation = TimeSpan.FromMilliseconds(1_500 + random.Next(1_500)) };

    private static Target Whom(Random random) => random.Next(3) switch { 0 => Target.All, _ => Target.PidFile };
}
