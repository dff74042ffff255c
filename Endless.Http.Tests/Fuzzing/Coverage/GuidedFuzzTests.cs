namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>A bounded run of what <c>./build.sh fuzz SECONDS SEED TARGET</c> does for longer: the corpus, and some changes of it.</summary>
public sealed class GuidedFuzzTests
{
    public static TheoryData<string> Targets => [.. GuidedRun.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task What_others_sent_is_read_as_promised(string target)
    {
        const int Seed = 1;
        const double Seconds = 2;
        // On a thread of its own, away from the test's synchronization context: engines run inline.
        var result = await Task.Factory.StartNew(() => (object?[])Instrumented.Invoke(typeof(GuidedRun), nameof(GuidedRun.Run), target, Seed, Seconds, 20_000L, false)!, TaskCreationOptions.LongRunning);
        Assert.True(result[0] is null, result[0] as string);
        Assert.True((int)result[2]! > 10, $"seed {Seed}: only {result[2]} edges.");
    }
}
