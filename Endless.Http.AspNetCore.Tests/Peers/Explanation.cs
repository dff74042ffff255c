namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Differences that are meant, and why.</summary>
/// <param name="IsFor">Which they are.</param>
/// <param name="Reason">Why they are right.</param>
internal sealed record Explanation(Func<Difference, bool> IsFor, string Reason)
{
    /// <summary>Explains what one key of one case says.</summary>
    /// <param name="name">The case; <c>*</c> at its end stands for anything.</param>
    /// <param name="key">The key; <c>*</c> at its end stands for anything.</param>
    /// <param name="reason">Why it is right.</param>
    public Explanation(string name, string key, string reason)
        : this(difference => Matches(name, difference.Case) && Matches(key, difference.Key), reason)
    {
    }

    /// <summary>Fails with every difference that none of the explanations is for.</summary>
    public static void AssertAll(IEnumerable<Difference> differences, params IEnumerable<Explanation> explanations)
    {
        var unexplained = differences.Where(difference => !explanations.Any(explanation => explanation.IsFor(difference))).ToArray();
        if (unexplained.Length > 0) Assert.Fail($"{unexplained.Length} unexplained differences\n" + string.Join('\n', unexplained.AsEnumerable()));
    }

    private static bool Matches(string pattern, string text) => pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], StringComparison.Ordinal) : text == pattern;
}
