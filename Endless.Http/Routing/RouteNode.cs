namespace Endless.Http.Routing;

/// <summary>Where the patterns that begin with the same segments go on.</summary>
internal sealed class RouteNode
{
    /// <summary>So many literals are compared one after the other; more are looked up.</summary>
    private const int FewLiterals = 4;

    private readonly List<(string Text, RouteNode Node)> _literals = [];
    private Dictionary<string, RouteNode>.AlternateLookup<ReadOnlySpan<char>>? _manyLiterals;
    private RouteNode? _wildcard;
    private Route[] _here = [];     // of exactly this path
    private Route[] _end = [];      // of this path with a slash behind it
    private Route[] _rest = [];     // of this path with a slash behind it, and of all below

    /// <summary>Adds a route below this node, the root.</summary>
    public void Add(Route route)
    {
        var node = this;
        foreach (var segment in route.Parsed.Segments)
        {
            switch (segment.Kind)
            {
                case SegmentKind.Rest:
                    node._rest = [.. node._rest, route];
                    return;
                case SegmentKind.End:
                    node._end = [.. node._end, route];
                    return;
                case SegmentKind.Wildcard:
                    node = node._wildcard ??= new RouteNode();
                    break;
                default:
                    node = node.ChildFor(segment.Text);
                    break;
            }
        }
        node._here = [.. node._here, route];
    }

    /// <summary>The most specific route for the segments of <paramref name="path"/> from <paramref name="depth"/> on. As deep as the patterns are, whatever the path's length.</summary>
    public Route? Find(in SegmentedPath path, int depth, ref RouteSearch search)
    {
        if (depth == path.Count)
        {
            if (search.Among(_here) is { } here) return here;
            search.FitsWithSlash |= (search.Among(_end) ?? search.Among(_rest)) is not null;
            return null;
        }
        if (path.EndsBefore(depth)) return search.Among(_end) ?? search.Among(_rest);

        var segment = path.Segment(depth);
        if (_literals.Count > 0 && Literal(path.Decode(segment)) is { } child && child.Find(path, depth + 1, ref search) is { } literal) return literal;
        if (!segment.IsEmpty && _wildcard?.Find(path, depth + 1, ref search) is { } wildcard) return wildcard;
        return search.Among(_rest);
    }

    /// <summary>Adds the routes of this node, and below it, that fit a path which a pattern fits too.</summary>
    /// <param name="segments">The pattern's.</param>
    /// <param name="depth">How many of them led here.</param>
    /// <param name="found">Where the routes go.</param>
    public void CollectOverlapping(IReadOnlyList<RouteSegment> segments, int depth, List<Route> found)
    {
        // One that ends here, and one that goes on behind a slash, fit no path together.
        if (depth == segments.Count)
        {
            found.AddRange(_here);
            return;
        }
        found.AddRange(_rest);
        switch (segments[depth].Kind)
        {
            case SegmentKind.Rest:
                found.AddRange(_end);
                foreach (var child in Children()) child.CollectAll(found);
                break;
            case SegmentKind.End:
                found.AddRange(_end);
                break;
            case SegmentKind.Wildcard:
                foreach (var child in Children()) child.CollectOverlapping(segments, depth + 1, found);
                break;
            default:
                Literal(segments[depth].Text)?.CollectOverlapping(segments, depth + 1, found);
                _wildcard?.CollectOverlapping(segments, depth + 1, found);
                break;
        }
    }

    private void CollectAll(List<Route> found)
    {
        found.AddRange(_here);
        found.AddRange(_end);
        found.AddRange(_rest);
        foreach (var child in Children()) child.CollectAll(found);
    }

    private IEnumerable<RouteNode> Children()
    {
        foreach (var (_, node) in _literals) yield return node;
        if (_wildcard is not null) yield return _wildcard;
    }

    private RouteNode? Literal(ReadOnlySpan<char> text)
    {
        if (_manyLiterals is { } lookup) return lookup.TryGetValue(text, out var found) ? found : null;
        foreach (var (literal, node) in _literals)
            if (text.SequenceEqual(literal)) return node;
        return null;
    }

    private RouteNode ChildFor(string text)
    {
        if (Literal(text) is { } known) return known;
        var child = new RouteNode();
        _literals.Add((text, child));
        if (_manyLiterals is { } lookup)
        {
            lookup.Dictionary.Add(text, child);
        }
        else if (_literals.Count > FewLiterals)
        {
            var all = new Dictionary<string, RouteNode>(StringComparer.Ordinal);
            foreach (var (literal, node) in _literals) all.Add(literal, node);
            _manyLiterals = all.GetAlternateLookup<ReadOnlySpan<char>>();
        }
        return child;
    }
}
