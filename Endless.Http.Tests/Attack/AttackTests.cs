namespace Endless.Http.Tests.Attack;

/// <summary>Takes both processors for its time: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(AttackTests), DisableParallelization = true)]
public sealed class AttackCollection;

/// <summary>That attacks are survived; what they cost is <c>./build.sh attack</c>'s affair.</summary>
[Collection(nameof(AttackTests))]
public sealed class AttackTests
{
    public static TheoryData<string> Names => [.. Attacks.All.Select(plan => plan.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_attack_is_survived_and_service_is_back(string name) => await AssertSurvivedAsync(name, new TargetLimits());

    [Torture.TheoryWithThreadLimit]
    [MemberData(nameof(Names))]
    public async Task An_attack_is_survived_with_few_threads_descriptors_and_little_memory(string name) =>
        await AssertSurvivedAsync(name, new TargetLimits(Threads: 200, Descriptors: 256, HeapMebibytes: 64));

    private static async Task AssertSurvivedAsync(string name, TargetLimits limits)
    {
        var outcome = await new AttackRun(seconds: 0.5, limits).MakeAsync(Attacks.All.Single(plan => plan.Name == name));
        Assert.True(outcome.IsSurvived, outcome.ToString());
        Assert.True(outcome.Sent > 0 || name.EndsWith("say nothing", StringComparison.Ordinal), "nothing was sent");
    }
}
