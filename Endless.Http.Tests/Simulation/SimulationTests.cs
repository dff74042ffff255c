using Endless.Http.Generations;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Simulation;

/// <summary>Whole families of the machine, by chance and to the end. <c>./build.sh simulate SECONDS</c> does more of both.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Seed = 20_261_129;
    private const long Steps = 3_000_000;

    [Fact]
    public void No_family_breaks_a_promise_by_chance()
    {
        var rules = new Rules(GenerationMachine.Next);
        var walk = new Walk(rules);
        output.WriteLine($"seed {Seed} and those after it");
        for (var seed = Seed; walk.Steps < Steps; seed++)
        {
            if (walk.Play(seed, out _) is not { } promise) continue;
            var made = new List<Move>();
            walk.Play(seed, out var limits, made);
            Assert.Fail($"seed {seed}: {promise}\n{new Story(rules, limits, made).Shrink().Tell()}");
        }
    }

    public static TheoryData<int> Short => [.. Enumerable.Range(0, Searches.Short.Length)];

    [Theory]
    [MemberData(nameof(Short))]
    public void No_story_within_limits_breaks_a_promise(int number)
    {
        var (limits, signals) = Searches.Short[number];
        var search = new Search(new Rules(GenerationMachine.Next), limits, signals);
        var found = search.Run(int.MaxValue);
        Assert.True(found is null, found?.Tell());
        Assert.True(search.IsComplete);
        output.WriteLine($"{Searches.Describe(limits, signals)}: {search.States} states, {search.Steps} steps");
    }

    public static TheoryData<string> Mutants => [.. Mutant.All.Keys.Where(name => !StoryTests.Stories.Any(story => (string)story[0] == name))];

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_planted_fault_is_found(string name)
    {
        var walk = new Walk(new Rules(Mutant.Of(name)));
        for (var seed = Seed; walk.Steps < Steps; seed++)
        {
            if (walk.Play(seed, out _) is not { } promise) continue;
            output.WriteLine($"seed {seed}, {walk.Steps} steps: {promise}");
            return;
        }
        Assert.Fail($"Not in {Steps} steps from seed {Seed}.");
    }

    [Fact]
    public void A_seed_makes_the_same_story_again()
    {
        var rules = new Rules(GenerationMachine.Next);
        List<Move> first = [], second = [];
        new Walk(rules).Play(Seed, out var limits, first);
        var walk = new Walk(rules);
        walk.Play(Seed + 1, out _);
        walk.Play(Seed, out var again, second);
        Assert.Equal((limits, string.Join(' ', first)), (again, string.Join(' ', second)));
    }

    [Fact]
    public void Families_get_as_far_as_the_fourth_generation()
    {
        var rules = new Rules(GenerationMachine.Next);
        var walk = new Walk(rules);
        var made = new List<Move>();
        var longest = 0;
        for (var seed = Seed; longest < 4 && walk.Steps < Steps; seed++)
        {
            made.Clear();
            walk.Play(seed, out _, made);
            longest = Math.Max(longest, 1 + made.Count(move => move.Kind == Kind.TellIdle));
        }
        Assert.Equal(4, longest);
    }
}
