using System.Runtime.CompilerServices;
using Endless.Http.Semantics;

namespace Endless.Http.Routing;

/// <summary>A path, not decoded, and where its segments are: found in one look at it, since what is looked for in a <see cref="RouteTree"/> asks at every node.</summary>
internal readonly ref struct SegmentedPath
{
    /// <summary>The slashes whose places are kept: hardly a pattern is deeper. Those behind are looked for whenever they are asked for.</summary>
    private const int Kept = 16;

    private readonly Places _slashes;
    private readonly bool _hasEscapes;

    /// <param name="text">Begins with a slash, or has no segments that a pattern could fit: <c>*</c>, or CONNECT's.</param>
    public SegmentedPath(string text)
    {
        Text = text;
        if (!text.StartsWith('/')) return;
        IsClean = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '/')
            {
                if (Count < Kept) _slashes[Count] = i;
                Count++;
                if (i + 1 < text.Length && text[i + 1] is '/' or '.' or '%') IsClean &= !IsToMend(text.AsSpan(i + 1));
            }
            else if (text[i] == '%')
            {
                _hasEscapes = true;
            }
        }
    }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>Its segments; the last is empty where the path ends with a slash.</summary>
    public int Count { get; }

    /// <summary>It begins with a slash and has no empty, <c>.</c> or <c>..</c> segment, however their dots are written: there is nothing to mend.</summary>
    public bool IsClean { get; }

    /// <summary>
    /// Path traversal: decoded, a segment holds a slash and beside it dots that stand for a place (<c>..%2Fsecret</c>). Such a path cannot be mended, since the slash is a part of a name,
    /// and must reach no handler, which may well take the name for a file's.
    /// </summary>
    public bool HidesDots
    {
        get
        {
            if (!_hasEscapes || !Text.Contains("%2f", StringComparison.OrdinalIgnoreCase)) return false;
            // Not by number: a path of 4,000 segments would be searched from its front for each.
            var path = Text.AsSpan(1);
            foreach (var place in path.Split('/'))
            {
                var segment = Decode(path[place]);
                if (!segment.Contains('/')) continue;
                foreach (var part in segment.Split('/'))
                    if (segment[part] is "." or "..") return true;
            }
            return false;
        }
    }

    /// <summary>A segment, not decoded.</summary>
    public ReadOnlySpan<char> Segment(int index)
    {
        var start = Slash(index) + 1;
        return Text.AsSpan(start, (index + 1 < Count ? Slash(index + 1) : Text.Length) - start);
    }

    /// <summary>A segment and all behind it, not decoded.</summary>
    public ReadOnlySpan<char> From(int index) => Text.AsSpan(Slash(index) + 1);

    /// <summary>Whether the path ends with the slash before a segment.</summary>
    public bool EndsBefore(int index) => Slash(index) == Text.Length - 1;

    /// <summary>A part of the path, decoded; as it is where its encoding is malformed.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<char> part) =>
        _hasEscapes && part.Contains('%') && PercentEncoding.TryDecode(part, plusIsSpace: false, out var decoded) ? decoded : part;

    // What follows a slash begins with another, or with a segment of dots that stands for a place.
    private static bool IsToMend(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('/');
        var segment = end < 0 ? rest : rest[..end];
        return segment.IsEmpty || PathCleaning.Dots(segment) > 0;
    }

    private int Slash(int index)
    {
        if (index < Kept) return _slashes[index];
        var place = _slashes[Kept - 1];
        for (var i = Kept; i <= index; i++) place += 1 + Text.AsSpan(place + 1).IndexOf('/');
        return place;
    }

    [InlineArray(Kept)]
    private struct Places
    {
        private int _first;
    }
}
