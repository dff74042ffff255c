namespace Endless.Http.Semantics;

/// <summary>What a client's Accept-Encoding field says of content codings (RFC 9110 section 12.5.3).</summary>
internal static class AcceptEncoding
{
    /// <summary>The content coding to answer with.</summary>
    /// <param name="lines">The field's lines. Without the field nothing is encoded: such a client may know no coding.</param>
    /// <param name="offered">What the server has, the best first: of those that the client weighs the same, the first is taken.</param>
    /// <returns>One of <paramref name="offered"/>, or null for the content as it is: also where the client refuses that, as the section allows.</returns>
    public static string? Choose(IReadOnlyList<string> lines, ReadOnlySpan<string> offered)
    {
        var (best, bestWeight) = ((string?)null, 0);
        foreach (var coding in offered)
        {
            var weight = Weigh(lines, coding);
            if (weight > bestWeight) (best, bestWeight) = (coding, weight);
        }
        // A client that prefers the content as it is says so by a higher weight of it, and of nothing else.
        return best is not null && Names(lines, "identity", out var identity) && identity > bestWeight ? null : best;
    }

    /// <summary>The weight of a coding in thousandths; 0 for one that is not acceptable or not named, even by <c>*</c>.</summary>
    public static int Weigh(IReadOnlyList<string> lines, string coding) =>
        Names(lines, coding, out var weight) || Names(lines, "*", out weight) ? weight : 0;

    private static bool Names(IReadOnlyList<string> lines, string name, out int weight)
    {
        weight = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            foreach (var element in FieldList.Elements(lines[i]))
            {
                var parts = FieldList.Elements(element, ';');
                parts.MoveNext(); // the coding; its weight follows
                if (IsSame(parts.Current, name) && FieldWeight.TryRead(parts, out weight)) return true;
            }
        }
        return false;
    }

    // x-gzip is gzip (section 8.4.1.3).
    private static bool IsSame(ReadOnlySpan<char> coding, string name) =>
        coding.Equals(name, StringComparison.OrdinalIgnoreCase) || (name == "gzip" && coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase));
}
