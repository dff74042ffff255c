using Xunit.Abstractions;

namespace Endless.Http.Tests.Programs;

/// <summary>Takes both processors for its time: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(StormTests), DisableParallelization = true)]
public sealed class StormCollection;

/// <summary>A bounded run of what <c>./build.sh storm SECONDS</c> does for longer.</summary>
[Collection(nameof(StormTests))]
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Seed = 20_251_128;

    [Fact]
    public async Task Nobody_gets_a_wrong_byte_whatever_handlers_do()
    {
        await using var storm = await Storm.StartAsync(Seed);
        await storm.RunAsync(TimeSpan.FromSeconds(18), requests: 100_000);
        output.WriteLine(storm.Scores.Table());
        Assert.True(storm.Scores.Faults == 0, $"{storm.Scores.Faults} faults, seed {Seed}:\n{string.Join('\n', storm.Scores.KindsOfFaults.Take(20))}");
        foreach (var program in storm.Programs)
            Assert.True(storm.Scores.WasCalled(program.Name), $"{program.Name} was never called.");
    }
}
