namespace Endless.Http.Handlers;

/// <summary>Where the patterns that begin with the same segments go on. Built once, then only read.</summary>
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
        foreach (var segment in route.Pattern.Segments)
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
