using Endless.Http.Routing;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>Routes that are all looked at for each request, by the rules of Go's ServeMux as they are written: what the tree of routes is compared with.</summary>
internal sealed class NaiveRoutes(IReadOnlyList<RoutePattern> patterns)
{
    /// <summary>The most specific pattern that fits; null if none does.</summary>
    public RoutePattern? Find(string method, string host, string path)
    {
        RoutePattern? best = null;
        foreach (var pattern in patterns)
            if (FitsHost(pattern, host) && FitsPath(pattern, path) && FitsMethod(pattern, method) && (best is null || IsMoreSpecific(pattern, best))) best = pattern;
        return best;
    }

    /// <summary>As it is, or with the slash that it lacks.</summary>
    public bool FitsOtherMethods(string host, string path) =>
        patterns.Any(pattern => FitsHost(pattern, host) && (FitsPath(pattern, path) || (!path.EndsWith('/') && FitsPath(pattern, path + "/"))));

    public bool FitsWithSlash(string method, string host, string path) => Find(method, host, path + "/") is { } found && found.Segments[^1].Kind is SegmentKind.Rest or SegmentKind.End;

    private static bool FitsHost(RoutePattern pattern, string host)
    {
        if (pattern.Host.Length == 0) return true;
        var end = host.LastIndexOf(']') + 1;
        var colon = host.IndexOf(':', end);
        var name = colon < 0 ? host : host[..colon];
        if (name.EndsWith('.')) name = name[..^1];
        return name.Equals(pattern.Host, StringComparison.OrdinalIgnoreCase);
    }

    private static bool FitsMethod(RoutePattern pattern, string method) => pattern.Method is null || pattern.Method == method || (pattern.Method == "GET" && method == "HEAD");

    private static bool FitsPath(RoutePattern pattern, string path)
    {
        var segments = path[1..].Split('/');
        for (var i = 0; i < pattern.Segments.Count; i++)
        {
            var wanted = pattern.Segments[i];
            if (i == segments.Length) return false;
            if (wanted.Kind == SegmentKind.Rest) return true;
            var fits = wanted.Kind switch
            {
                SegmentKind.End => i == segments.Length - 1 && segments[i].Length == 0,
                SegmentKind.Wildcard => segments[i].Length > 0,
                _ => segments[i].Length > 0 && (PercentEncoding.TryDecode(segments[i], plusIsSpace: false, out var decoded) ? decoded : segments[i]) == wanted.Text,
            };
            if (!fits) return false;
        }
        return pattern.Segments.Count == segments.Length;
    }

    /// <summary>Of two that fit the same request and do not conflict.</summary>
    private static bool IsMoreSpecific(RoutePattern a, RoutePattern b)
    {
        if (a.Host.Length == 0 != (b.Host.Length == 0)) return a.Host.Length > 0;
        for (var i = 0; i < a.Segments.Count && i < b.Segments.Count; i++)
        {
            var (ofA, ofB) = (Rank(a.Segments[i].Kind), Rank(b.Segments[i].Kind));
            if (ofA != ofB) return ofA < ofB;
        }
        return a.Method is not null && (b.Method is null || (a.Method == "HEAD" && b.Method == "GET"));
    }

    private static int Rank(SegmentKind kind) => kind switch { SegmentKind.Literal or SegmentKind.End => 0, SegmentKind.Wildcard => 1, _ => 2 };
}
