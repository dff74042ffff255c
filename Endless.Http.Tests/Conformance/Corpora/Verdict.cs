namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>What a corpus makes of an answer.</summary>
internal enum Verdict
{
    Right,

    /// <summary>Allowed, but not what the corpus would rather see.</summary>
    Warning,

    Wrong,
}
