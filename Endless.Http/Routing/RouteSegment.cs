namespace Endless.Http.Routing;

/// <summary>What a segment of a pattern fits.</summary>
internal enum SegmentKind
{
    /// <summary>The segment that reads, decoded, like its text.</summary>
    Literal,

    /// <summary><c>{name}</c>: any one segment that is not empty.</summary>
    Wildcard,

    /// <summary><c>{name...}</c>, or a slash at the end: all the rest, be it empty.</summary>
    Rest,

    /// <summary><c>{$}</c>: nothing behind the slash.</summary>
    End,
}

/// <summary>One segment of a pattern's path.</summary>
/// <param name="Kind">What it fits.</param>
/// <param name="Text">A literal's text, decoded; a wildcard's name; empty for a slash at the end and for <c>{$}</c>.</param>
internal readonly record struct RouteSegment(SegmentKind Kind, string Text)
{
    /// <summary>It has a name under which the handler finds what it fitted.</summary>
    public bool IsNamed => Kind is SegmentKind.Wildcard or SegmentKind.Rest && Text.Length > 0;

    /// <summary>Whether a wildcard may be called so. Go's identifiers: a letter or an underscore, then those and digits.</summary>
    public static bool IsName(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => c == '_' || char.IsLetterOrDigit(c));
}
