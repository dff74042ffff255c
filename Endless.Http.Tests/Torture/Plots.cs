using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>Stories of restarts that are disturbed.</summary>
internal static class Plots
{
    public static IReadOnlyList<Plot> All(Means means) => [.. Disturbed, .. StopPlots.All, .. LimitPlots.All(means)];

    private static IEnumerable<Plot> Disturbed { get; } =
    [
        new("restarts in turn", 8, random => (Setup(random), [.. Repeat(random, 1, 4, () => random.Next(3) == 0 ? [Steps.Ask(random.Next(300))] : [Steps.Restart(random.Next(300)), Steps.Child(listening: true)])])),
        new("SIGHUPs in a burst", 8, random => (Setup(random), [.. Repeat(random, 3, 20, () => [Steps.Signal(random.Next(40), Signum.SIGHUP, random.Next(3) == 0 ? Target.All : Target.PidFile)])])),
        new("SIGHUP to all as the child is young", 8, random => (Setup(random),
            [Steps.Restart(100), Steps.Child(), Steps.Signal(random.Next(100), Signum.SIGHUP, Target.All), .. Repeat(random, 0, 3, () => [Steps.Signal(random.Next(100), Signum.SIGHUP, Target.All)])])),
        new("the child is killed as it starts", 8, random => (Setup(random), [.. Repeat(random, 1, 3, () => [Steps.Restart(random.Next(200)), Steps.Child(), Steps.Signal(random.Next(400), Signum.SIGKILL, Target.Child)])])),
        new("the child is killed when it serves", 10, random => (Setup(random), [.. Repeat(random, 1, 2, () => [Steps.Restart(random.Next(200)), Steps.Child(listening: true), Steps.Signal(random.Next(700), Signum.SIGKILL, Target.Child)])])),
        new("the parent is killed", 10, random => (Setup(random), [Steps.Restart(100), Steps.Child(listening: random.Next(2) == 0), Steps.Signal(random.Next(500), Signum.SIGKILL, Target.Parent)])),
        new("the child dies in the hand-over", 8, random => (Setup(random), [Steps.TellNext(0, $"at-adoption {1 + random.Next(250)} die", Fate.DiesInTheHandOver), Steps.Restart(100), Steps.Child(listening: true), Pause(random.Next(1_000))]))
            { Crowd = random => Crowd.Of(random) with { Idle = 280 } },
        new("the parent dies in the hand-over", 6, random => (Setup(random) with { First = $"at-hand-over {1 + random.Next(250)} die" }, [Steps.Restart(100), Steps.Child(listening: true), Pause(random.Next(1_000))]))
            { Crowd = random => Crowd.Of(random) with { Idle = 280 } },
        new("a generation is frozen", 14, random => (Setup(random), [.. Frozen(random)])),
        new("the child restarts in turn at once", 8, random => (Setup(random),
            [Steps.TellNext(0, "restart-at-once", Fate.Lives), Steps.Restart(100), Steps.Child(), .. random.Next(2) == 0 ? (Step[])[Steps.Freeze(random.Next(600), Target.First, Span(random))] : []])),
        new("a build with another probation restarts in turn", 8, random => (Setup(random),
            [Steps.Deploy(0, Setup(random)), Steps.Restart(100), Steps.Child(listening: true), Steps.Signal(random.Next(100), Signum.SIGHUP, Target.Child), Steps.Child(listening: true)])),
        new("a child that fails", 12, random => (Impatient(random), [.. Repeat(random, 1, 3, () => [Steps.TellNext(0, Failure(random), Fate.Dies), random.Next(2) == 0 ? Steps.Ask(50) : Steps.Restart(50), Steps.Child(), Pause(random.Next(600))])])),
        new("a program that cannot be executed", 3, random => (Setup(random), [Steps.Break(0), Steps.Restart(100), Steps.Outcome(), Steps.Mend(0), Steps.Ask(random.Next(100))])),
        new("the longest heads", 6, random => (Setup(random), [Steps.Restart(200), Steps.Child(listening: true), Pause(500)]))
            { Crowd = random => Crowd.Of(random) with { Idle = 100, LongestHeads = true } },
        new("anything", 20, random => (Impatient(random), [.. Repeat(random, 3, 9, () => [Anything(random)])])),
    ];

    /// <summary>A probation of every order.</summary>
    public static FamilySetup Setup(Random random) => new() { Probation = TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 0, 1 => 100, 2 => 500, _ => 2_000 }) };

    /// <summary>With children that may hang.</summary>
    private static FamilySetup Impatient(Random random) => Setup(random) with { StartTimeout = TimeSpan.FromSeconds(4) };

    public static Step Pause(int milliseconds) => new(TimeSpan.FromMilliseconds(milliseconds), "goes on", "", _ => Task.FromResult(""));

    public static IEnumerable<Step> Repeat(Random random, int least, int most, Func<IEnumerable<Step>> steps)
    {
        for (var i = least + random.Next(most - least + 1); i > 0; i--)
            foreach (var step in steps()) yield return step;
    }

    /// <summary>How long a freeze takes: mostly less than a second, at times longer than anything waits.</summary>
    public static int Span(Random random) => random.Next(5) switch { 0 => 3_000 + random.Next(4_001), 1 or 2 => 500 + random.Next(1_500), _ => 50 + random.Next(400) };

    private static IEnumerable<Step> Frozen(Random random)
    {
        var target = random.Next(3) switch { 0 => Target.Parent, 1 => Target.Child, _ => Target.All };
        yield return Steps.Restart(100);
        yield return Steps.Child(listening: random.Next(3) > 0);
        yield return Steps.Freeze(random.Next(400), target, Span(random));
        foreach (var step in Repeat(random, 0, 3, () => [Steps.Signal(random.Next(500), Signum.SIGHUP, random.Next(2) == 0 ? Target.All : Target.PidFile)])) yield return step;
    }

    private static string Failure(Random random) => random.Next(7) switch
    {
        0 => $"exit {random.Next(3)}",
        1 => $"exit-after {random.Next(90)} 0",
        2 => $"exit-after {random.Next(600)} {random.Next(2) * 7}",
        3 => "hang",
        4 => "begin-throws",
        5 => "begin-hangs",
        _ => "refuse it was told to refuse",
    };

    private static Step Anything(Random random)
    {
        var pause = random.Next(5) == 0 ? random.Next(1_500) : random.Next(250);
        return random.Next(12) switch
        {
            0 or 1 or 2 => Steps.Restart(pause),
            3 => Steps.Signal(pause, Signum.SIGHUP, Target.All),
            4 => Steps.Signal(pause, Signum.SIGHUP, Target.First),
            5 => Steps.Ask(pause),
            6 => Steps.Signal(pause, Signum.SIGKILL, Target.Child),
            7 => Steps.Freeze(pause, (Target)random.Next(5), Span(random)),
            8 => Steps.Storm(pause, 100 + random.Next(400), random.Next()),
            9 => Steps.TellNext(pause, Failure(random), Fate.Dies),
            10 => Steps.Deploy(pause, Impatient(random)),
            _ => Steps.Child(listening: true),
        };
    }
}
