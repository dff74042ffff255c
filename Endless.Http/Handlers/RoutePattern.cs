using Endless.Http.Messages;

namespace Endless.Http.Handlers;

/// <summary>A pattern <c>[METHOD ][HOST]/[PATH]</c>, taken apart. A path that ends with a slash stands for everything below it.</summary>
internal sealed class RoutePattern
{
    private RoutePattern(string text, string? method, string host, string[] segments, bool isSubtree)
    {
        Text = text;
        Method = method;
        Host = host;
        Segments = segments;
        IsSubtree = isSubtree;
    }

    /// <summary>As registered.</summary>
    public string Text { get; }

    /// <summary>The method; null for any. GET stands for HEAD too.</summary>
    public string? Method { get; }

    /// <summary>The host, without a port; empty for any.</summary>
    public string Host { get; }

    /// <summary>The path between its slashes, percent-decoded.</summary>
    public string[] Segments { get; }

    /// <summary>Everything below the path matches too.</summary>
    public bool IsSubtree { get; }

    /// <exception cref="ArgumentException">It is malformed; the message says how.</exception>
    public static RoutePattern Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var rest = text.AsSpan();
        string? method = null;
        var space = rest.IndexOfAny(' ', '\t');
        if (space >= 0)
        {
            method = rest[..space].ToString();
            if (!FieldGrammar.IsToken(method)) throw Malformed(text, "its method is no token");
            rest = rest[space..].TrimStart(" \t");
        }

        var slash = rest.IndexOf('/');
        if (slash < 0) throw Malformed(text, "it has no path; a path begins with a slash");
        var host = rest[..slash].ToString();
        if (rest.ContainsAny('{', '}')) throw Malformed(text, "wildcards are not supported");

        var isSubtree = rest[^1] == '/';
        var path = isSubtree ? rest[(slash + 1)..].TrimEnd('/') : rest[(slash + 1)..];
        if (PathCleaning.Clean(rest[slash..].ToString()) is { } clean && !rest[slash..].SequenceEqual(clean)) throw Malformed(text, $"its path is not clean; write {clean}");
        var segments = path.IsEmpty ? [] : path.ToString().Split('/');
        for (var i = 0; i < segments.Length; i++)
            if (!PercentEncoding.TryDecode(segments[i], plusIsSpace: false, out segments[i])) throw Malformed(text, "its path has a malformed percent-encoding");
        return new RoutePattern(text, method, host, segments, isSubtree);
    }

    private static ArgumentException Malformed(string text, string why) => new($"The pattern \"{text}\" is malformed: {why}.", nameof(text));
}
