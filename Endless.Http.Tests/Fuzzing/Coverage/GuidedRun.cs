using System.Diagnostics;
using Endless.Http.Tests.Fuzzing.Targets;

namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>What is called in the instrumented copy.</summary>
internal static class GuidedRun
{
    /// <summary>The targets by name, in the order of docs/fuzzing.md.</summary>
    private static readonly (string Name, Func<FuzzTarget> Make)[] Targets =
    [
        ("request", () => new RequestsTarget()),
        ("chunked", () => new ChunkedTarget()),
        ("hpack", () => new HpackTarget()),
        ("frames", () => new FramesTarget()),
        ("streams", () => new StreamsTarget()),
        ("pem", () => new PemTarget()),
        ("control", () => new ControlTarget()),
        ("pidfile", () => new PidFileTarget()),
        ("pattern", () => new PatternTarget()),
    ];

    public static string[] Names => [.. Targets.Select(target => target.Name)];

    /// <summary>The corpus, then changes of it.</summary>
    /// <param name="name">Which target.</param>
    /// <param name="seed">Says which changes.</param>
    /// <param name="seconds">For how long, at most.</param>
    /// <param name="executions">How many, at most.</param>
    /// <param name="keeps">What is found is noted, and progress told.</param>
    /// <returns>What went wrong, null for nothing; and figures: executions, edges, inputs in the queue, and the dearest one's work and memory in percent of what it may cost.</returns>
    public static object?[] Run(string name, int seed, double seconds, long executions, bool keeps)
    {
        using var target = Make(name);
        var fuzzer = new GuidedFuzzer(target, seed);
        var corpus = new Corpus(name);
        var known = corpus.Kept();
        if (keeps) known.AddRange(corpus.Found());
        if (known.Count == 0) known.AddRange(target.Seeds);
        known.AddRange(target.Faults);
        var watch = Stopwatch.StartNew();
        string? fault = null;
        foreach (var input in known)
            if ((fault = fuzzer.Try(input)) is not null) return Result(fuzzer, Tell(name, seed, fuzzer, input, fault));
        var first = fuzzer.Queue.Count;
        var (shown, noted) = (10.0, first);
        while (fault is null && watch.Elapsed.TotalSeconds < seconds && fuzzer.Executions < executions)
        {
            if (fuzzer.Step(out var input) is { } wrong) fault = Tell(name, seed, fuzzer, input, wrong);
            if (!keeps || watch.Elapsed.TotalSeconds < shown) continue;
            shown += 10;
            corpus.Add(fuzzer.Queue.Skip(noted));
            noted = fuzzer.Queue.Count;
            Console.WriteLine($"{name}: {fuzzer.Executions:#,0} executions, {fuzzer.Edges:#,0} edges, {fuzzer.Queue.Count:#,0} inputs, {watch.Elapsed.TotalSeconds:0} s");
        }
        if (keeps) corpus.Add(fuzzer.Queue.Skip(noted));
        return Result(fuzzer, fault);
    }

    /// <summary>One input. What goes wrong with it, null for nothing.</summary>
    public static string? Again(string name, string input)
    {
        using var target = Make(name);
        return new GuidedFuzzer(target, 0).Try(InputText.Decode(input));
    }

    /// <summary>Makes the repository's corpus of what it is and what was found since. How many inputs it was made of, how many it has and how many bytes these are.</summary>
    public static int[] Minimise(string name)
    {
        using var target = Make(name);
        var corpus = new Corpus(name);
        List<byte[]> all = [.. corpus.Kept(), .. corpus.Found(), .. target.Seeds];
        var kept = new GuidedFuzzer(target, 0).Minimise(all);
        corpus.Keep(kept);
        return [all.Count, kept.Count, kept.Sum(input => input.Length)];
    }

    private static FuzzTarget Make(string name) => Array.Find(Targets, target => target.Name == name).Make();

    private static object?[] Result(GuidedFuzzer fuzzer, string? fault) =>
        [fault, fuzzer.Executions, fuzzer.Edges, fuzzer.Queue.Count, fuzzer.Dearest.Work * 100, fuzzer.Dearest.Allocated * 100];

    private static string Tell(string name, int seed, GuidedFuzzer fuzzer, byte[] input, string fault)
    {
        var executions = fuzzer.Executions;
        var shrunk = fuzzer.Shrink(input, fault);
        return $"{name}, seed {seed}, execution {executions}: {fault}\nagain with: ./build.sh fuzz again {name} '{InputText.Encode(shrunk).Replace("'", "\\x27", StringComparison.Ordinal)}'";
    }
}
