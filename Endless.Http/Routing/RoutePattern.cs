using Endless.Http.Semantics;

namespace Endless.Http.Routing;

/// <summary>A pattern <c>[METHOD ][HOST]/[PATH]</c>, taken apart. Immutable. Go's <c>pattern</c>.</summary>
internal sealed class RoutePattern
{
    private readonly RouteSegment[] _segments;
    private readonly int _names;

    private RoutePattern(string text, string? method, string host, string path, RouteSegment[] segments)
    {
        Text = text;
        Method = method;
        Host = host;
        Path = path;
        _segments = segments;
        _names = segments.Count(s => s.IsNamed);
    }

    /// <summary>As registered.</summary>
    public string Text { get; }

    /// <summary>The method; null for any. GET stands for HEAD too.</summary>
    public string? Method { get; }

    /// <summary>The host, without a port and without a dot behind it; empty for any.</summary>
    public string Host { get; }

    /// <summary>The path, as written.</summary>
    public string Path { get; }

    /// <summary>The path between its slashes. <see cref="SegmentKind.Rest"/> and <see cref="SegmentKind.End"/> come last if at all.</summary>
    public IReadOnlyList<RouteSegment> Segments => _segments;

    /// <summary>It fits all the rest of a path.</summary>
    public bool EndsWithRest => _segments[^1].Kind == SegmentKind.Rest;

    /// <summary>A wildcard of it has a name.</summary>
    public bool HasNames => _names > 0;

    /// <exception cref="ArgumentException">It is malformed; the message says how. Its parameter is <c>pattern</c>, as whoever registers it calls it.</exception>
    public static RoutePattern Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var rest = pattern.AsSpan();
        string? method = null;
        var space = rest.IndexOfAny(' ', '\t');
        if (space >= 0)
        {
            method = rest[..space].ToString();
            if (!FieldGrammar.IsToken(method)) throw Malformed(pattern, "its method is no token");
            if (PatternMistakes.OfMethod(method) is { } wrongMethod) throw Malformed(pattern, wrongMethod);
            rest = rest[space..].TrimStart(" \t");
        }

        var slash = rest.IndexOf('/');
        if (slash < 0) throw Malformed(pattern, "it has no path; a path begins with a slash");
        var host = rest[..slash].ToString();
        var path = rest[slash..].ToString();
        if ((PatternMistakes.OfHost(host, path) ?? PatternMistakes.OfPath(path)) is { } wrong) throw Malformed(pattern, wrong);
        var segmented = new SegmentedPath(path);
        if (segmented.HidesDots) throw Malformed(pattern, "it has dots beside an encoded slash, which no request may have");
        if (!segmented.IsClean) throw Malformed(pattern, $"its path is not clean; write {PathCleaning.Clean(path)}");

        var parts = path[1..].Split('/');
        var segments = new List<RouteSegment>(parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var segment = ParseSegment(pattern, parts, i);
            if (segment.IsNamed && segments.Exists(s => s.IsNamed && s.Text == segment.Text)) throw Malformed(pattern, $"two wildcards are named {segment.Text}");
            segments.Add(segment);
        }
        return new RoutePattern(pattern, method, Authority.WithoutDot(host).ToString(), path, [.. segments]);
    }

    /// <summary>Gives the handler what the wildcards fitted.</summary>
    /// <param name="path">A path that this pattern fits.</param>
    /// <param name="r">The request to give it to.</param>
    public void SetPathValues(in SegmentedPath path, Request r)
    {
        var values = new KeyValuePair<string, string>[_names];
        var next = 0;
        for (var i = 0; i < _segments.Length; i++)
        {
            ref readonly var segment = ref _segments[i];
            if (segment.IsNamed) values[next++] = new(segment.Text, path.Decode(segment.Kind == SegmentKind.Rest ? path.From(i) : path.Segment(i)).ToString());
        }
        r.SetPathValues(values);
    }

    private static RouteSegment ParseSegment(string pattern, string[] parts, int index)
    {
        var part = parts[index];
        var isLast = index == parts.Length - 1;
        if (part.Length == 0) return new RouteSegment(SegmentKind.Rest, ""); // only the last is empty: the path is clean
        var brace = part.IndexOf('{', StringComparison.Ordinal);
        if (brace < 0 && PatternMistakes.OfSegment(parts, index) is { } wrong) throw Malformed(pattern, wrong);
        if (brace < 0)
            return PercentEncoding.TryDecode(part, plusIsSpace: false, out var literal)
                ? new RouteSegment(SegmentKind.Literal, literal)
                : throw Malformed(pattern, "its path has a malformed percent-encoding");

        if (brace > 0 || part[^1] != '}') throw Malformed(pattern, $"a wildcard fills a whole segment, and {part} does not");
        var name = part[1..^1];
        if (name == "$") return isLast ? new RouteSegment(SegmentKind.End, "") : throw Malformed(pattern, "{$} stands for the end, and more follows");
        var kind = SegmentKind.Wildcard;
        if (name.EndsWith("...", StringComparison.Ordinal))
        {
            if (!isLast) throw Malformed(pattern, $"{part} stands for all the rest, and more follows");
            kind = SegmentKind.Rest;
            name = name[..^3];
        }
        return RouteSegment.IsName(name) ? new RouteSegment(kind, name) : throw Malformed(pattern, $"the name of {part} is no identifier");
    }

    private static ArgumentException Malformed(string pattern, string why) => new($"The pattern \"{pattern}\" is malformed: {why}.", nameof(pattern));
}
