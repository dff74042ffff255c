using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Tests.Interleavings.Wrong;

namespace Endless.Http.Tests.Interleavings;

/// <summary>Every interleaving up to a number of preemptions, and some by chance beyond it. <c>./build.sh explore SECONDS</c> does more of both.</summary>
public sealed class InterleavingTests
{
    private const int Walks = 200;
    private const int Seed = 20_251_128;

    // So slow is no machine: a run takes less than a millisecond.
    private const double Seconds = 240;

    public static TheoryData<string> Scenarios => [.. Explorer.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void No_interleaving_breaks(string scenario)
    {
        var all = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Exhaust), scenario, Explorer.Preemptions(scenario), Seconds)!;
        Assert.True(all[0] is null, (string?)all[0]);
        Assert.True((bool)all[2]!, $"Only {all[1]} schedules in {Seconds} s.");

        var some = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Walk), scenario, Seed, Walks, Seconds)!;
        Assert.True(some[0] is null, (string?)some[0]);
        Assert.Equal((long)Walks, some[1]);
    }

    [Theory]
    [InlineData(nameof(WrongGateScenario), "Closed with somebody inside.", "user:2 closer:2 user:1")]
    [InlineData(nameof(LostWakeScenario), "Nobody goes on: the flow of flow", "flow:2 loop:3 flow:3")]
    [InlineData(nameof(LockOrderScenario), "Nobody goes on: one at", "one:2 other:3 one:1")]
    public void What_is_wrong_is_found_printed_and_replayed(string scenario, string failure, string schedule)
    {
        var found = (string)((object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Exhaust), scenario, 1, Seconds)!)[0]!;
        Assert.Contains(failure, found, StringComparison.Ordinal);
        Assert.Contains($"schedule: {schedule}\n", found, StringComparison.Ordinal);
        Assert.Contains(failure, (string?)Isolated.Invoke(typeof(Explorer), nameof(Explorer.Again), scenario, schedule), StringComparison.Ordinal);
        Assert.Null(Isolated.Invoke(typeof(Explorer), nameof(Explorer.Again), scenario, ""));
    }

    [Fact]
    public void A_walk_finds_the_same_again_by_its_seed()
    {
        var found = (string)((object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Walk), nameof(WrongGateScenario), 1, 1_000, Seconds)!)[0]!;
        var seed = int.Parse(found.Split("seed ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
        var again = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Walk), nameof(WrongGateScenario), seed, 1, Seconds)!;
        Assert.Equal(found, again[0]);
    }

    [Fact]
    public void A_schedule_that_does_not_fit_says_so() =>
        Assert.Contains("does not fit", (string?)Isolated.Invoke(typeof(Explorer), nameof(Explorer.Again), nameof(WrongGateScenario), "closer:9"), StringComparison.Ordinal);
}
