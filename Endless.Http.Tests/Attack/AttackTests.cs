using Endless.Http.Tests.Attack.Targets;

namespace Endless.Http.Tests.Attack;

/// <summary>Takes both processors for its time: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(AttackTests), DisableParallelization = true)]
public sealed class AttackCollection;

/// <summary>That attacks are survived; what they cost is <c>./build.sh attack</c>'s affair.</summary>
[Collection(nameof(AttackTests))]
public sealed class AttackTests
{
    public static TheoryData<string> Names => [.. Attacks.All.Select(plan => plan.Name)];

    [Torture.TheoryWithThreadLimit]
    [MemberData(nameof(Names))]
    public async Task An_attack_is_survived_with_few_threads_descriptors_and_little_memory(string name)
    {
        var outcome = await new AttackRun(new EndlessTarget(), TargetLimits.Tight, seconds: 0.5).MakeAsync(Attacks.All.Single(plan => plan.Name == name), isMeasured: false);
        Assert.True(outcome.IsSurvived, outcome.ToRow("", string.Join(", ", outcome.Missed())));
        Assert.True(outcome.Sent > 0, "nothing was sent");
    }
}
