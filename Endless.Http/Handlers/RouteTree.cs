using Endless.Http.Messages;

namespace Endless.Http.Handlers;

/// <summary>The routes of a mux by host, path segment and method. Built once, then only read.</summary>
internal sealed class RouteTree
{
    private readonly Dictionary<string, Node> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="routes">No two of which conflict.</param>
    public RouteTree(IEnumerable<Route> routes)
    {
        foreach (var route in routes) Add(route);
    }

    /// <summary>
    /// The most specific route of a request: one for its host before one for any; in each segment a literal before a wildcard before all the rest; one for its method
    /// before one for any. Since no two routes conflict, the first found in this order is the one.
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
        foreach (var segment in route.Pattern.Segments)
        {
            switch (segment.Kind)
            {
                case SegmentKind.Rest:
                    node.Rest.Add(route);
                    return;
                case SegmentKind.End:
                    node.End.Add(route);
                    return;
                default:
                    node = node.ChildFor(segment);
                    break;
            }
        }
        node.Here.Add(route);
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _children = new(StringComparer.Ordinal);
        private Node? _wildcard;

        /// <summary>Routes of exactly this path.</summary>
        public List<Route> Here { get; } = [];

        /// <summary>Routes of this path with a slash behind it.</summary>
        public List<Route> End { get; } = [];

        /// <summary>Routes of this path with a slash behind it, and of all below.</summary>
        public List<Route> Rest { get; } = [];

        public Node ChildFor(RouteSegment segment)
        {
            if (segment.Kind == SegmentKind.Wildcard) return _wildcard ??= new Node();
            if (!_children.TryGetValue(segment.Text, out var child)) _children.Add(segment.Text, child = new Node());
            return child;
        }

        // rest is what of the path lies below this node: empty, or a slash and more. As deep as the patterns are, whatever the path's length.
        public Route? Find(ReadOnlySpan<char> rest, ref RouteSearch search)
        {
            if (rest.IsEmpty)
            {
                if (search.Among(Here) is { } here) return here;
                search.FitsWithSlash |= (search.Among(End) ?? search.Among(Rest)) is not null;
                return null;
            }
            if (rest.Length == 1) return search.Among(End) ?? search.Among(Rest);

            var end = rest[1..].IndexOf('/');
            var segment = end < 0 ? rest[1..] : rest[1..(end + 1)];
            var below = end < 0 ? default : rest[(end + 1)..];
            var text = segment.Contains('%') && PercentEncoding.TryDecode(segment, plusIsSpace: false, out var decoded) ? decoded : segment;
            if (_children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var child) && child.Find(below, ref search) is { } literal) return literal;
            if (!segment.IsEmpty && _wildcard?.Find(below, ref search) is { } wildcard) return wildcard;
            return search.Among(Rest);
        }
    }
}
