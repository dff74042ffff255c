using System.Diagnostics;
using System.Globalization;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>The program's <c>simulate SECONDS [SEED]</c>, <c>simulate again STORY</c> and <c>simulate table</c>.</summary>
internal static class SimulateCommand
{
    private const int MostStates = 12_000_000;

    /// <summary>The exit code: 1 if a promise was broken.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        var rules = new Rules(GenerationMachine.Next);
        if (args is ["table"])
        {
            MachineTableFile.Write();
            return 0;
        }
        if (args is ["again", .. var words] && words.Length > 0)
        {
            var story = Story.Parse(rules, string.Join(' ', words.ToArray()));
            Console.Write(story.Tell());
            return story.Play() is null ? 0 : 1;
        }
        if (args.Length is 0 or > 2 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            Console.Error.WriteLine("usage: Endless.Http.Tests simulate SECONDS [SEED]\n       Endless.Http.Tests simulate again STORY\n       Endless.Http.Tests simulate table");
            return 2;
        }
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount & 0xffffff;
        var watch = Stopwatch.StartNew();
        // A third of the time for all stories, as far as they go, the rest for chance.
        var failure = Exhaust(rules, watch, seconds / 3.0) ?? Stroll(rules, seed, watch, seconds);
        if (failure is null) return 0;
        Console.WriteLine(failure);
        return 1;
    }

    private static string? Exhaust(Rules rules, Stopwatch watch, double seconds)
    {
        foreach (var (limits, signals) in Searches.All)
        {
            var search = new Search(rules, limits, signals);
            var found = search.Run(MostStates, () => watch.Elapsed.TotalSeconds > seconds);
            Console.WriteLine($"{Searches.Describe(limits, signals)}: {(search.IsComplete ? "all" : "the first")} {search.States:#,0} states, {search.Steps:#,0} steps");
            if (found is not null) return found.Tell();
            if (watch.Elapsed.TotalSeconds > seconds) break;
        }
        return null;
    }

    /// <summary>A thread a core, each with the seeds that are its turn.</summary>
    private static string? Stroll(Rules rules, int seed, Stopwatch watch, double seconds)
    {
        var threads = Environment.ProcessorCount;
        long steps = 0, stories = 0;
        string? failure = null;
        Console.WriteLine($"by chance: seed {seed} and what it leads to, {threads} threads");
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            var walk = new Walk(rules);
            var number = ((ulong)seed << 36) + ((ulong)thread << 32);
            for (; watch.Elapsed.TotalSeconds < seconds && Volatile.Read(ref failure) is null; number++)
            {
                if (walk.Play(number, out var limits) is null) continue;
                var made = new List<Move>();
                walk.Play(number, out limits, made);
                Volatile.Write(ref failure, $"story {number}\n{new Story(rules, limits, made).Shrink().Tell()}");
            }
            Interlocked.Add(ref steps, walk.Steps);
            Interlocked.Add(ref stories, (long)(number & uint.MaxValue));
        });
        Console.WriteLine($"by chance: {steps:#,0} steps in {stories:#,0} stories, {watch.Elapsed.TotalSeconds:F0} s in all");
        return failure;
    }
}
