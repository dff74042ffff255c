namespace Endless.Http.Tests.Fuzzing;

/// <summary>Why this server and Kestrel disagree, by class of disagreement. docs/http1-conformance.md says the same at length.</summary>
internal static class Verdicts
{
    private static readonly Dictionary<string, string> Explained = [];

    /// <summary>Null if nobody has explained it yet: that is a finding.</summary>
    public static string? Of(string kind) => Explained.GetValueOrDefault(kind);
}
