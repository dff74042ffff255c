namespace Endless.Http.Files;

/// <summary>Names that bundlers give to files: with a hash of the content.</summary>
internal static class HashedName
{
    private const int ShortestHash = 8;

    /// <summary>Before the extension there is a dot or a hyphen, and hexadecimal digits: eight or more, letters and numbers among them, so that no word and no date is taken for one.</summary>
    public static bool Has(ReadOnlySpan<char> path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (name.EndsWith(".map")) name = name[..^4]; // app.3f2a9c1b.js.map
        var dot = name.LastIndexOf('.');
        if (dot < 0) return false;
        name = name[..dot];
        var hash = name[(name.LastIndexOfAny('.', '-') + 1)..];
        if (hash.Length < ShortestHash || hash.Length == name.Length) return false;
        foreach (var c in hash)
            if (!char.IsAsciiHexDigit(c)) return false;
        return hash.ContainsAnyInRange('0', '9') && hash.ContainsAnyExceptInRange('0', '9');
    }
}
