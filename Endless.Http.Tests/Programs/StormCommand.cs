namespace Endless.Http.Tests.Programs;

/// <summary><c>./build.sh storm SECONDS [SEED]</c>.</summary>
internal static class StormCommand
{
    /// <returns>The exit code: 0 if there was no fault.</returns>
    public static async Task<int> RunAsync(int seconds, int seed)
    {
        Console.WriteLine($"seed {seed}");
        await using var storm = await Storm.StartAsync(seed);
        await storm.RunAsync(TimeSpan.FromSeconds(seconds), long.MaxValue / 2, Console.WriteLine);

        foreach (var fault in storm.Scores.FirstFaults) Console.WriteLine(fault);
        Console.WriteLine(storm.Scores.Table());
        foreach (var (kind, count) in storm.Scores.Kinds.OrderByDescending(kind => kind.Value)) Console.WriteLine($"{count,8:#,0} faults of {kind}");
        Console.WriteLine(storm.Scores.Faults == 0 ? $"no fault; seed {seed}" : $"{storm.Scores.Faults:#,0} FAULTS; seed {seed}");
        return storm.Scores.Faults == 0 ? 0 : 1;
    }
}
