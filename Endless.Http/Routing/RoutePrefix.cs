namespace Endless.Http.Routing;

/// <summary>What stands before the patterns of a group: <c>[HOST]/PATH</c>, where the path has no slash at its end. Immutable.</summary>
/// <param name="Host">The host; empty for any.</param>
/// <param name="Path">The path; empty for none.</param>
internal readonly record struct RoutePrefix(string Host, string Path)
{
    /// <summary>As written.</summary>
    public string Text => Host.Length > 0 && Path.Length == 0 ? Host + "/" : Host + Path;

    /// <exception cref="ArgumentException">It is none; the message says what was meant.</exception>
    public static RoutePrefix Parse(string prefix)
    {
        if (prefix.Length == 0) return new RoutePrefix("", "");
        var slash = prefix.IndexOf('/', StringComparison.Ordinal);
        if (prefix.AsSpan().IndexOfAny(' ', '\t') is var space && space >= 0 && (slash < 0 || space < slash))
            throw Wrong(prefix, "a prefix has no method; write it in the patterns of its routes");
        if (slash < 0) throw Wrong(prefix, $"it begins with a slash, or is a host and a slash; write /{prefix}, or {prefix}/ for the host");
        var path = prefix[slash..];
        if (path == "/") path = "";
        if (path.EndsWith('/')) throw Wrong(prefix, $"the slash is written in the patterns of its routes, before each path; write {prefix.TrimEnd('/')}");
        if (RoutePattern.Parse(prefix) is { Path: not "/" } pattern && pattern.Segments[^1].Kind is SegmentKind.Rest or SegmentKind.End)
            throw Wrong(prefix, "{name...} and {$} end a pattern, and the paths of its routes follow");
        return new RoutePrefix(prefix[..slash], path);
    }

    /// <summary>The prefix of a group within this one.</summary>
    public RoutePrefix Join(RoutePrefix inner) => inner.Host.Length > 0 && Host.Length > 0
        ? throw Wrong(inner.Text, $"the group around it is for the host {Host} already")
        : new RoutePrefix(Host + inner.Host, Path + inner.Path);

    /// <summary>The whole pattern of a route.</summary>
    /// <param name="pattern"><c>[METHOD ][HOST]/[PATH]</c>; without a path for the prefix itself.</param>
    public string Join(string pattern)
    {
        if (this is { Host: "", Path: "" }) return pattern;
        var space = pattern.AsSpan().IndexOfAny(' ', '\t');
        var method = space < 0 ? "" : pattern[..space] + " ";
        var rest = space < 0 ? pattern : pattern[space..].TrimStart(' ', '\t');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 && rest.Length > 0) throw new ArgumentException($"The pattern \"{pattern}\" is malformed: its path begins with a slash; write {method}/{rest}.", nameof(pattern));
        var host = slash < 0 ? "" : rest[..slash];
        if (host.Length > 0 && Host.Length > 0) throw new ArgumentException($"The pattern \"{pattern}\" names a host, and its group is for the host {Host} already; write {method}{rest[slash..]}.", nameof(pattern));
        return method + Host + host + Path + (slash < 0 ? "" : rest[slash..]);
    }

    private static ArgumentException Wrong(string prefix, string why) => new($"The prefix \"{prefix}\" is malformed: {why}.", nameof(prefix));
}
