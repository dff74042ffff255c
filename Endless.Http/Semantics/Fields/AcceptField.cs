namespace Endless.Http.Semantics;

/// <summary>What a client's Accept field says of a media type (RFC 9110 section 12.5.1).</summary>
internal static class AcceptField
{
    /// <summary>How exactly a range names a type; the more exact one decides.</summary>
    public enum Match
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary><c>*/*</c>.</summary>
        Any,

        /// <summary><c>text/*</c>.</summary>
        Kind,

        /// <summary><c>text/plain</c>, whatever its parameters.</summary>
        Exact,
    }

    /// <summary>The weight of a type in thousandths (section 12.4.2), 0 for one that is not acceptable, and how exactly it is named. Without the field everything is acceptable. What is malformed counts for nothing.</summary>
    /// <param name="lines">The field's lines.</param>
    /// <param name="type">A type and subtype.</param>
    public static (int Weight, Match Match) Weigh(IReadOnlyList<string> lines, string type)
    {
        if (lines.All(string.IsNullOrEmpty)) return (1000, Match.None);
        var (best, match) = (0, Match.None);
        foreach (var line in lines)
        {
            foreach (var element in FieldList.Elements(line))
            {
                var parts = FieldList.Elements(element, ';');
                parts.MoveNext(); // the range; its parameters follow
                var found = Compare(parts.Current, type);
                if (found == Match.None || found < match || !FieldWeight.TryRead(parts, out var weight)) continue;
                best = found > match ? weight : Math.Max(best, weight);
                match = found;
            }
        }
        return (best, match);
    }

    /// <summary>A type is acceptable, and named as such.</summary>
    public static bool Names(IReadOnlyList<string> lines, string type) => Weigh(lines, type) is { Match: Match.Exact, Weight: > 0 };

    private static Match Compare(ReadOnlySpan<char> range, string type)
    {
        if (range.Equals(type, StringComparison.OrdinalIgnoreCase)) return Match.Exact;
        if (range is "*/*") return Match.Any;
        var kind = type.AsSpan(0, type.IndexOf('/') + 1);
        return range.EndsWith("/*") && range[..^1].Equals(kind, StringComparison.OrdinalIgnoreCase) ? Match.Kind : Match.None;
    }
}
