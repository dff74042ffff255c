namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Threads that are no actors and came to a point: what they do the explorer does not decide, so no result would count.</summary>
internal static class Strays
{
    private static string? _first;

    public static void Note(string point) => Interlocked.CompareExchange(ref _first, point, null);

    /// <summary>Where one came, since the last look.</summary>
    public static string? Take() => Interlocked.Exchange(ref _first, null);
}
