namespace Endless.Http.Tests.Programs;

/// <summary><c>./build.sh storm SECONDS [SEED [PROGRAM...]]</c>; with programs only those whose names begin so.</summary>
internal static class StormCommand
{
    /// <returns>The exit code: 0 if there was no fault.</returns>
    public static async Task<int> RunAsync(int seconds, int seed, string[] programs)
    {
        Console.WriteLine($"seed {seed}");
        await using var storm = await Storm.StartAsync(seed, programs);
        await storm.RunAsync(TimeSpan.FromSeconds(seconds), long.MaxValue / 2, Console.WriteLine);

        foreach (var kind in storm.Scores.KindsOfFaults) Console.WriteLine(kind);
        Console.WriteLine(storm.Scores.Table());
        Console.WriteLine(storm.Scores.Faults == 0 ? $"no fault; seed {seed}" : $"{storm.Scores.Faults:#,0} FAULTS; seed {seed}");
        return storm.Scores.Faults == 0 ? 0 : 1;
    }
}
