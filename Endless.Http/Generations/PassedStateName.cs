using System.Buffers;

namespace Endless.Http.Generations;

/// <summary>The name under which a part of the application leaves something for the next generation.</summary>
internal static class PassedStateName
{
    /// <summary>Characters.</summary>
    internal const int MaxLength = 64;

    private static readonly SearchValues<char> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:/");

    /// <summary>Throws for what is no name.</summary>
    /// <exception cref="ArgumentException">It is no name.</exception>
    internal static void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxLength || name.AsSpan().ContainsAnyExcept(Characters))
            throw new ArgumentException($"A name of what is passed on has 1 to {MaxLength} letters, digits, dots, hyphens, underscores, colons or slashes.", nameof(name));
    }
}
