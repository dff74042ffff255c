using System.Diagnostics;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Runs scenarios under many schedules. Called in the rewritten copy (<see cref="Isolated"/>), hence by names and numbers.</summary>
internal static class Explorer
{
    private static readonly Type[] All = [.. typeof(Explorer).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(Scenario)) && !type.IsAbstract)];

    /// <summary>The names of the scenarios that nothing is to be found in.</summary>
    public static string[] Names { get; } = [.. All.Select(static type => type.Name).Where(static name => !Make(name).IsWrong).Order(StringComparer.Ordinal)];

    /// <summary>How many preemptions of a scenario are explored in full with the test suite.</summary>
    public static int Preemptions(string name) => Make(name).Preemptions;

    /// <summary>Every schedule with up to so many preemptions, fewer first. Null or what went wrong, how many schedules, and whether those were all.</summary>
    public static object?[] Exhaust(string name, int preemptions, double seconds)
    {
        var watch = Stopwatch.StartNew();
        var count = 0L;
        for (var bound = 0; bound <= preemptions; bound++)
        {
            var strategy = new DepthFirst(bound);
            do
            {
                count++;
                if (Run(Make(name), strategy, isWide: false, out _) is { } failure) return [$"{name}, {bound} preemptions, schedule {count}: {failure}", count, false];
                if (watch.Elapsed.TotalSeconds > seconds) return [null, count, false];
            }
            while (strategy.TryNext());
        }
        return [null, count, true];
    }

    /// <summary>Schedules by chance, from a seed on; every other pair of them switches at each point of the server. Null or what went wrong, and how many.</summary>
    public static object?[] Walk(string name, int seed, int most, double seconds)
    {
        var watch = Stopwatch.StartNew();
        // What is made once in a process is made before, so that a seed stands for a schedule.
        Run(Make(name), new DepthFirst(0), isWide: true, out var wideLength);
        if (Run(Make(name), new DepthFirst(0), isWide: false, out var length) is { } first) return [$"{name}: {first}", 0L];
        for (var i = 0; i < most && watch.Elapsed.TotalSeconds < seconds; i++)
        {
            var isWide = (seed + i) % 4 >= 2;
            var walk = new RandomWalk(seed + i, isWide ? wideLength : length);
            if (Run(Make(name), walk, isWide, out _) is { } failure) return [$"{name}, seed {seed + i}: {failure}", (long)i + 1];
            if (i + 1 == most || watch.Elapsed.TotalSeconds >= seconds) return [null, (long)i + 1];
        }
        return [null, 0L];
    }

    /// <summary>One schedule that was written down. Null or what went wrong.</summary>
    public static string? Again(string name, string schedule)
    {
        var isWide = schedule.StartsWith(Schedule.Wide, StringComparison.Ordinal);
        // What is made once in a process is made before.
        Run(Make(name), new DepthFirst(0), isWide, out _);
        return Run(Make(name), new Replay(Schedule.Parse(isWide ? schedule[Schedule.Wide.Length..] : schedule)), isWide, out _);
    }

    private static string? Run(Scenario scenario, IStrategy strategy, bool isWide, out int steps)
    {
        var execution = new Execution(scenario, strategy, isWide);
        var failure = execution.Run();
        steps = execution.Steps;
        return Strays.Take() is { } stray ? $"A thread that is no actor came to {stray}." : failure;
    }

    private static Scenario Make(string name)
    {
        Strays.Except();
        return (Scenario)Activator.CreateInstance(Array.Find(All, type => type.Name == name) ?? throw new ArgumentException($"There is no scenario {name}."))!;
    }
}
