namespace Endless.Http.Tests.Torture;

/// <summary>What a story has in store for a generation.</summary>
internal enum Fate
{
    /// <summary>Nothing: it is to serve.</summary>
    Lives,

    /// <summary>It is told to end, or to fail.</summary>
    Dies,

    /// <summary>It is told to end while connections are on their way to it: its parent must be able to serve on.</summary>
    DiesInTheHandOver,
}
