using Xunit.Abstractions;

namespace Endless.Http.Tests.Torture;

/// <summary>Takes both processors for its time: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(TortureTests), DisableParallelization = true)]
public sealed class TortureCollection;

/// <summary>A few stories of what <c>./build.sh torture SECONDS</c> does for longer.</summary>
[Collection(nameof(TortureTests))]
public sealed class TortureTests(ITestOutputHelper output)
{
    private const int Seed = 15;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_disturbed_family_ends_with_one_that_serves_or_with_none_after_a_stop(int story)
    {
        var lines = new List<string>();
        var run = new TortureRun(Seed, TortureRun.FindMeans(lines.Add), lines.Add);
        await run.PlayAsync(story, CancellationToken.None);
        foreach (var line in lines) output.WriteLine(line);
        Assert.True(run.Ledger.Violations == 0, string.Join('\n', lines));
        Assert.True(run.Ledger.Requests > 0, "nobody was answered");
    }
}
