using Endless.Http.Semantics;

namespace Endless.Http.Routing;

/// <summary>The routes of a mux by host, path segment and method. Requests search one that is built and then only read.</summary>
internal sealed class RouteTree
{
    private readonly Dictionary<string, RouteNode> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly RouteNode _anyHost = new();

    /// <param name="routes">No two of which conflict.</param>
    public RouteTree(IEnumerable<Route> routes)
    {
        foreach (var route in routes) Add(route);
    }

    /// <summary>Adds a route that conflicts with none. Not while requests search.</summary>
    public void Add(Route route) => RootOf(route.Parsed.Host).Add(route);

    /// <summary>
    /// The routes of a pattern's host that fit some path which it fits too: all that it can conflict with, found on its way through the tree, so that ten thousand routes need not each be compared with all others.
    /// </summary>
    public List<Route> Overlapping(RoutePattern pattern)
    {
        var found = new List<Route>();
        var root = pattern.Host.Length == 0 ? _anyHost : _hosts.GetValueOrDefault(pattern.Host);
        root?.CollectOverlapping(pattern.Segments, 0, found);
        return found;
    }

    /// <summary>
    /// The most specific route of a request: one for its host before one for any; in each segment a literal before a wildcard before all the rest; one for its method
    /// before one for any. Since no two routes conflict, the first found in this order is the one.
    /// </summary>
    /// <param name="host">With or without a port.</param>
    /// <param name="path">The path, not decoded: a slash that is percent-encoded separates nothing.</param>
    /// <param name="search">The request's method, and what else was noticed.</param>
    public Route? Find(string host, in SegmentedPath path, ref RouteSearch search)
    {
        if (path.Count == 0) return null;
        // Most muxes name no host.
        if (_hosts.Count > 0 && _hosts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(Authority.WithoutDot(Authority.HostOf(host)), out var own) && own.Find(path, 0, ref search) is { } route) return route;
        return _anyHost.Find(path, 0, ref search);
    }

    private RouteNode RootOf(string host)
    {
        if (host.Length == 0) return _anyHost;
        if (!_hosts.TryGetValue(host, out var root)) _hosts.Add(host, root = new RouteNode());
        return root;
    }
}
