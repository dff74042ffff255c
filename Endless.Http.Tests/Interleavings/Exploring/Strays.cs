namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Threads that are no actors and came to a point: what they do the explorer does not decide, so no result would count.</summary>
internal static class Strays
{
    private static string? _first;

    /// <summary>The calling thread is the explorer's: it makes scenarios, and is none.</summary>
    [ThreadStatic]
    private static bool _isExplorer;

    public static void Note(string point)
    {
        if (!_isExplorer) Interlocked.CompareExchange(ref _first, point, null);
    }

    /// <summary>The calling thread explores from now on.</summary>
    public static void Except() => _isExplorer = true;

    /// <summary>Where one came, since the last look.</summary>
    public static string? Take() => Interlocked.Exchange(ref _first, null);
}
