using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Peers;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>A bounded run of what <c>./build.sh fuzz SECONDS</c> does for longer.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20_251_122)]
    public async Task The_engine_in_memory_keeps_its_promises(int seed)
    {
        var fuzzer = new EngineFuzzer(seed);
        await Task.Run(() => // away from the test's synchronization context: the engine runs inline
        {
            while (fuzzer.Pipelines < 5_000) fuzzer.Step();
        });
        Assert.True(fuzzer.Statuses.Count >= 5, "Too few kinds of answers: " + string.Join(' ', fuzzer.Statuses.Keys));
    }

    [Fact]
    public async Task Kestrel_disagrees_only_where_it_is_explained() => await AssertExplainedAsync(await KestrelPeer.StartAsync());

    [FactWithTools("go")]
    public async Task Go_disagrees_only_where_it_is_explained() => await AssertExplainedAsync(await GoPeer.StartAsync());

    private static async Task AssertExplainedAsync(IPeer peer)
    {
        const int Seed = 7;
        await using var differential = await Differential.StartAsync(Seed, peer);
        await differential.RunCorpusAsync();
        await differential.RunAsync(300);
        foreach (var (kind, (_, example)) in differential.Disagreements)
            Assert.True(peer.VerdictOf(kind) is not null, $"{kind}, seed {Seed}: {InputText.Encode(example)}");
    }
}
