namespace Endless.Http.Tests.Torture;

/// <summary>What will be done to a family, chosen by a seed before it begins.</summary>
/// <param name="Name">Of the plot.</param>
/// <param name="Setup">The family.</param>
/// <param name="Steps">In turn.</param>
/// <param name="Crowd">The clients beside those of every story.</param>
internal sealed record Story(string Name, FamilySetup Setup, IReadOnlyList<Step> Steps, Crowd Crowd)
{
    /// <summary>The story of that number among those of a seed.</summary>
    public static Story Of(int seed, int number, Means means)
    {
        var random = new Random(HashOf(seed, number));
        var plots = Plots.All(means);
        var at = random.Next(plots.Sum(plot => plot.Weight));
        return plots.First(plot => (at -= plot.Weight) < 0).Make(random);
    }

    /// <summary>Neighbours must not be alike.</summary>
    private static int HashOf(int seed, int number) => unchecked((int)((uint)seed * 0x9E3779B1 ^ (uint)number * 0x85EBCA77 ^ (uint)number >> 7));
}
