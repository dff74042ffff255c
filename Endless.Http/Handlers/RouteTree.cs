using Endless.Http.Messages;

namespace Endless.Http.Handlers;

/// <summary>The routes of a mux by host, path segment and method. Built once, then only read.</summary>
internal sealed class RouteTree
{
    private readonly Dictionary<string, Node> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">Two patterns stand for the same requests.</exception>
    public RouteTree(IEnumerable<Route> routes)
    {
        foreach (var route in routes) Add(route);
    }

    /// <summary>
    /// The most specific route of a request: one for its host before one for any, the longest path before a shorter one, one for its method before one for any.
    /// </summary>
    /// <param name="host">Without a port.</param>
    /// <param name="path">The path, not decoded: a slash that is percent-encoded separates nothing.</param>
    /// <param name="search">The request's method, and what else was noticed.</param>
    public Route? Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path, ref RouteSearch search)
    {
        if (path.IsEmpty || path[0] != '/') return null;
        if (_hosts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(host, out var own) && own.Find(path, ref search) is { } route) return route;
        return _hosts.TryGetValue("", out var any) ? any.Find(path, ref search) : null;
    }

    private void Add(Route route)
    {
        if (!_hosts.TryGetValue(route.Pattern.Host, out var node)) _hosts.Add(route.Pattern.Host, node = new Node());
        foreach (var segment in route.Pattern.Segments) node = node.ChildFor(segment);
        if (route.Pattern.IsSubtree) Add(ref node.Below, route);
        else Add(ref node.Here, route);
    }

    private static void Add(ref List<Route>? routes, Route route)
    {
        if (routes?.Find(r => r.Pattern.Method == route.Pattern.Method) is { } other)
            throw new ArgumentException($"The pattern \"{route.Pattern.Text}\" stands for the same requests as \"{other.Pattern.Text}\".");
        (routes ??= []).Add(route);
    }

    private sealed class Node
    {
        private Dictionary<string, Node>? _children;

        /// <summary>Routes of exactly this path.</summary>
        public List<Route>? Here;

        /// <summary>Routes of this path with a slash behind it, and of all below.</summary>
        public List<Route>? Below;

        public Node ChildFor(string segment)
        {
            _children ??= [];
            if (!_children.TryGetValue(segment, out var child)) _children.Add(segment, child = new Node());
            return child;
        }

        // rest is what of the path lies below this node: empty, or a slash and more.
        public Route? Find(ReadOnlySpan<char> rest, ref RouteSearch search)
        {
            if (rest.IsEmpty)
            {
                if (search.Among(Here) is { } here) return here;
                search.FitsWithSlash |= search.Among(Below) is not null;
                return null;
            }
            if (_children is not null)
            {
                var end = rest[1..].IndexOf('/');
                var segment = end < 0 ? rest[1..] : rest[1..(end + 1)];
                if (segment.Contains('%') && PercentEncoding.TryDecode(segment, plusIsSpace: false, out var decoded)) segment = decoded;
                if (_children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var child)
                    && child.Find(end < 0 ? default : rest[(end + 1)..], ref search) is { } route)
                    return route;
            }
            return search.Among(Below);
        }
    }
}
