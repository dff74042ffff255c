using System.Diagnostics;
using System.Globalization;
using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Peers;
using Endless.Http.Tests.Fuzzing.Streams;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Fuzzing;

/// <summary><c>./build.sh fuzz SECONDS [SEED [TARGET]]</c>, <c>fuzz again TARGET INPUT</c> and <c>fuzz minimise [TARGET]</c>.</summary>
internal static class FuzzCommand
{
    /// <returns>The exit code: 0 if nothing was found.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["again", var name, var input] when GuidedRun.Names.Contains(name):
                var fault = (string?)Instrumented.Invoke(typeof(GuidedRun), nameof(GuidedRun.Again), name, input);
                Console.WriteLine(fault ?? "Nothing is wrong with this input.");
                return fault is null ? 0 : 1;
            case ["minimise", .. { Length: <= 1 } names] when Array.TrueForAll(names, GuidedRun.Names.Contains):
                foreach (var name in names.Length == 0 ? GuidedRun.Names : names)
                {
                    var figures = (int[])Instrumented.Invoke(typeof(GuidedRun), nameof(GuidedRun.Minimise), name)!;
                    Console.WriteLine($"{name}: of {figures[0]:#,0} inputs {figures[1]:#,0} are kept, {figures[2]:#,0} bytes");
                }
                return 0;
            case [var time, .. var rest] when int.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                var seed = Environment.TickCount & 0xffffff;
                if (rest.Length > 0 && !int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out seed)) break;
                switch (rest.Skip(1).ToArray())
                {
                    case ["go", .. var shows]: return await RunBesideGoAsync(seconds, seed, shows is ["examples"]);
                    case [] or ["http1"] or ["examples"]: return await RunHttp1Async(seconds, seed, rest is [.., "examples"]);
                    case ["http2"]: return RunHttp2(seconds, seed);
                    case [var target] when GuidedRun.Names.Contains(target): return RunGuided(seconds, seed, target);
                }
                break;
        }
        Console.Error.WriteLine($"""
            usage: Endless.Http.Tests fuzz SECONDS [SEED [TARGET]]
                   Endless.Http.Tests fuzz again TARGET INPUT
                   Endless.Http.Tests fuzz minimise [TARGET]
            targets: http1, go, http2; by coverage: {string.Join(", ", GuidedRun.Names)}
            """);
        return 2;
    }

    /// <summary>Inputs that go new ways through the instrumented server, and those that come of them.</summary>
    private static int RunGuided(int seconds, int seed, string target)
    {
        Console.WriteLine($"{target}: seed {seed}");
        var result = (object?[])Instrumented.Invoke(typeof(GuidedRun), nameof(GuidedRun.Run), target, seed, (double)seconds, long.MaxValue, true)!;
        Console.WriteLine($"{target}, seed {seed}: {result[1]:#,0} executions, {result[2]:#,0} edges, {result[3]:#,0} inputs; the dearest took {result[4]:0} % of the work and {result[5]:0} % of the memory it may; {result[0] ?? "nothing found"}");
        return result[0] is null ? 0 : 1;
    }

    /// <summary>Lives of connections of HTTP/2, each of a seed of its own.</summary>
    /// <returns>The exit code: 0 if nothing was found.</returns>
    private static int RunHttp2(int seconds, int seed)
    {
        var (watch, first, frames, shown) = (Stopwatch.StartNew(), seed, 0L, 10.0);
        do
        {
            try
            {
                var fuzzer = new StreamFuzzer(seed);
                fuzzer.Run();
                frames += fuzzer.Frames;
            }
            catch (Xunit.Sdk.XunitException exception)
            {
                Console.WriteLine(exception.Message);
                return 1;
            }
            seed++;
            if (watch.Elapsed.TotalSeconds < Math.Min(shown, seconds)) continue;
            shown += 10;
            Console.WriteLine($"HTTP/2: {seed - first:#,0} connections, {frames:#,0} frames, {watch.Elapsed.TotalSeconds:0} s, seeds {first} to {seed - 1}; nothing found");
        }
        while (watch.Elapsed.TotalSeconds < seconds);
        return 0;
    }

    /// <returns>The exit code: 0 if nothing was found.</returns>
    private static async Task<int> RunHttp1Async(int seconds, int seed, bool showsExamples)
    {
        Console.WriteLine($"seed {seed} and those after it");

        // In memory for four fifths of the time: there it takes a request microseconds, and hundreds beside Kestrel.
        var watch = Stopwatch.StartNew();
        var statuses = new SortedDictionary<int, long>();
        long requests = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (; watch.Elapsed.TotalSeconds < seconds * 0.8; seed++)
        {
            var fuzzer = new EngineFuzzer(seed);
            while (fuzzer.Pipelines < 200_000 && watch.Elapsed.TotalSeconds < seconds * 0.8) fuzzer.Step();
            requests += fuzzer.Requests;
            foreach (var (status, count) in fuzzer.Statuses) statuses[status] = statuses.GetValueOrDefault(status) + count;
            Console.WriteLine($"in memory: {requests:#,0} requests, {watch.Elapsed.TotalSeconds:0} s ({(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:0} s of CPU), seeds to {seed}; nothing found");
        }
        Console.WriteLine("statuses: " + string.Join(", ", statuses.Select(s => $"{s.Key}: {s.Value:#,0}")));

        return await DifferentialReport.RunAsync(seed, await KestrelPeer.StartAsync(), () => watch.Elapsed.TotalSeconds < seconds, showsExamples) == 0 ? 0 : 1;
    }

    /// <returns>The exit code: 0 if nothing was found.</returns>
    private static async Task<int> RunBesideGoAsync(int seconds, int seed, bool showsExamples)
    {
        if (Tool.Find("go") is null)
        {
            Console.WriteLine("not installed: go");
            return 2;
        }
        var peer = await GoPeer.StartAsync();
        var watch = Stopwatch.StartNew();
        return await DifferentialReport.RunAsync(seed, peer, () => watch.Elapsed.TotalSeconds < seconds, showsExamples) == 0 ? 0 : 1;
    }
}
