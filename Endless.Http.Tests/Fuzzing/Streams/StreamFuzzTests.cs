namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>A bounded run of what <c>./build.sh fuzz SECONDS SEED http2</c> does for longer.</summary>
public sealed class StreamFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task A_connection_of_HTTP_2_reacts_to_whatever_comes_as_RFC_9113_allows(int seed)
    {
        var frames = 0L;
        await Task.Run(() => // away from the test's synchronization context: the engine runs inline
        {
            for (var end = seed + 1_000; seed < end; seed++)
            {
                var fuzzer = new StreamFuzzer(seed);
                fuzzer.Run();
                frames += fuzzer.Frames;
            }
        });
        Assert.True(frames > 10_000, $"Only {frames} frames were sent.");
    }
}
