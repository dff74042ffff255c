namespace Endless.Http.Tests.Torture;

/// <summary>A kind of story.</summary>
/// <param name="Name">In words.</param>
/// <param name="Weight">How often it is chosen, beside others.</param>
/// <param name="Tell">Its steps, and the family they are for.</param>
internal sealed record Plot(string Name, int Weight, Func<Random, (FamilySetup Setup, IReadOnlyList<Step> Steps)> Tell)
{
    /// <summary>The clients, where they are the point of it.</summary>
    public Func<Random, Crowd>? Crowd { get; init; }

    public Story Make(Random random)
    {
        var (setup, steps) = Tell(random);
        return new Story(Name, setup, steps, (Crowd ?? Torture.Crowd.Of)(random));
    }
}
