namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Differences that are meant, and why.</summary>
/// <param name="Case">The case they are in; <c>*</c> at its end stands for anything.</param>
/// <param name="Key">What is observed; <c>*</c> at its end stands for anything.</param>
/// <param name="Reason">Why they are right.</param>
internal sealed record Explanation(string Case, string Key, string Reason)
{
    /// <summary>Fails with every difference that none of the explanations is for.</summary>
    public static void AssertAll(IEnumerable<Difference> differences, params IEnumerable<Explanation> explanations)
    {
        var unexplained = differences.Where(difference => !explanations.Any(explanation => explanation.IsFor(difference))).ToArray();
        if (unexplained.Length > 0) Assert.Fail($"{unexplained.Length} unexplained differences\n" + string.Join('\n', unexplained.AsEnumerable()));
    }

    public bool IsFor(Difference difference) => Matches(Case, difference.Case) && Matches(Key, difference.Key);

    private static bool Matches(string pattern, string text) => pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], StringComparison.Ordinal) : text == pattern;
}
