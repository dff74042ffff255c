using System.Diagnostics;
using System.Text;
using Endless.Http.Tests.Fuzzing.Streams;

namespace Endless.Http.Tests.Fuzzing;

/// <summary><c>./build.sh fuzz SECONDS [SEED [http2]]</c>.</summary>
internal static class FuzzCommand
{
    /// <summary>Lives of connections of HTTP/2, each of a seed of its own.</summary>
    /// <returns>The exit code: 0 if nothing was found.</returns>
    public static int RunHttp2(int seconds, int seed)
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
    public static async Task<int> RunAsync(int seconds, int seed, bool showsExamples)
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

        await using var differential = await Differential.StartAsync(seed);
        while (watch.Elapsed.TotalSeconds < seconds) await differential.RunAsync(200);
        Console.WriteLine($"beside Kestrel, seed {seed}: {differential.Requests:#,0} requests");
        var unexplained = 0;
        foreach (var (kind, (count, example)) in differential.Disagreements.OrderByDescending(d => d.Value.Count))
        {
            var verdict = Verdicts.Of(kind);
            if (verdict is null) unexplained++;
            Console.WriteLine($"{count,6}  {kind}: {verdict ?? "UNEXPLAINED"}");
            if (verdict is null || showsExamples) Console.WriteLine("        " + Encoding.Latin1.GetString(example).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        }
        return unexplained == 0 ? 0 : 1;
    }
}
