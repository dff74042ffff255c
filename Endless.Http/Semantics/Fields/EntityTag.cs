namespace Endless.Http.Semantics;

/// <summary>Entity tags as they stand in fields (RFC 9110 section 8.8.3): <c>"xyzzy"</c>, or weak <c>W/"xyzzy"</c>.</summary>
internal static class EntityTag
{
    /// <summary>Whether the text is one entity tag, and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => Length(text) is var length && length > 0 && length == text.Length;

    /// <summary>Whether a tag is weak: the bytes behind it may differ.</summary>
    public static bool IsWeak(ReadOnlySpan<char> tag) => tag.StartsWith("W/");

    /// <summary>The weak tag of the same opaque part: for another representation of what is the same content, such as a compressed one.</summary>
    public static string Weaken(string tag) => IsWeak(tag) ? tag : "W/" + tag;

    /// <summary>The same, and neither is weak (section 8.8.3.2): for ranges and If-Match.</summary>
    public static bool StrongEquals(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => !IsWeak(a) && a.SequenceEqual(b) && IsValid(a);

    /// <summary>The same opaque part, weak or not: for If-None-Match.</summary>
    public static bool WeakEquals(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (IsWeak(a)) a = a[2..];
        if (IsWeak(b)) b = b[2..];
        return a.SequenceEqual(b) && IsValid(a);
    }

    /// <summary>Whether a list as in If-Match and If-None-Match names the tag, or is <c>*</c>. It ends at the first thing that is no tag, as Go's does.</summary>
    /// <param name="lines">The field's lines.</param>
    /// <param name="tag">The representation's; null if it has none, which only <c>*</c> matches.</param>
    /// <param name="isStrong">By which comparison.</param>
    public static bool IsIn(IReadOnlyList<string> lines, string? tag, bool isStrong)
    {
        foreach (var line in lines)
        {
            var rest = line.AsSpan().Trim(" \t,");
            if (rest is "*") return true;
            while (!rest.IsEmpty)
            {
                var length = Length(rest);
                if (length == 0) break;
                var one = rest[..length];
                if (tag is not null && (isStrong ? StrongEquals(one, tag) : WeakEquals(one, tag))) return true;
                rest = rest[length..].TrimStart(" \t,");
            }
        }
        return false;
    }

    /// <summary>The length of the tag that the text begins with; 0 if it begins with none.</summary>
    private static int Length(ReadOnlySpan<char> text)
    {
        var start = IsWeak(text) ? 2 : 0;
        if (text.Length < start + 2 || text[start] != '"') return 0;
        for (var i = start + 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"') return i + 1;
            if (c is < '\u0021' or '\u007f' or > '\u00ff') return 0; // etagc
        }
        return 0;
    }
}
