using System.Text;

namespace Endless.Http.Routing;

/// <summary>
/// Whether two patterns may stand beside each other. Of two that fit some of the same requests, one must be the more specific: what it fits, the other fits as
/// well. Else which handler a request gets would depend on the order of registration. A host wins over none, whatever else they say. Go 1.22's rule.
/// </summary>
internal static class RouteConflict
{
    /// <summary>What is wrong with having both; null if nothing is.</summary>
    public static string? Between(RoutePattern a, RoutePattern b)
    {
        if (!string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase)) return null;
        var aFitsMore = false;
        var bFitsMore = false;
        if (a.Method != b.Method)
        {
            if (a.Method is null || (a.Method == "GET" && b.Method == "HEAD")) aFitsMore = true;
            else if (b.Method is null || (b.Method == "GET" && a.Method == "HEAD")) bFitsMore = true;
            else return null;
        }

        var (aFitsMorePaths, bFitsMorePaths) = (false, false);
        var both = new StringBuilder(); // a path that both fit
        for (var i = 0; i < a.Segments.Count || i < b.Segments.Count; i++)
        {
            // One ends where a slash would have to follow in the other.
            if (i == a.Segments.Count || i == b.Segments.Count) return null;
            var (ofA, ofB) = (a.Segments[i], b.Segments[i]);
            if (ofA.Kind == SegmentKind.Rest || ofB.Kind == SegmentKind.Rest)
            {
                aFitsMorePaths |= ofB.Kind != SegmentKind.Rest;
                bFitsMorePaths |= ofA.Kind != SegmentKind.Rest;
                foreach (var segment in (ofA.Kind == SegmentKind.Rest ? b : a).Segments.Skip(i)) both.Append('/').Append(segment.Text);
                break;
            }
            if (ofA.Kind == ofB.Kind)
            {
                if (ofA.Kind == SegmentKind.Literal && ofA.Text != ofB.Text) return null;
            }
            else
            {
                // The end is no segment that a literal or a wildcard could fit.
                if (ofA.Kind == SegmentKind.End || ofB.Kind == SegmentKind.End) return null;
                aFitsMorePaths |= ofA.Kind == SegmentKind.Wildcard;
                bFitsMorePaths |= ofB.Kind == SegmentKind.Wildcard;
            }
            both.Append('/').Append(ofA.Kind == SegmentKind.Literal ? ofA.Text : ofB.Text);
        }

        if ((aFitsMore |= aFitsMorePaths) != (bFitsMore |= bFitsMorePaths)) return null;
        if (!aFitsMore) return $"The pattern \"{a.Text}\" stands for the same requests as \"{b.Text}\".";
        var method = a.Method == b.Method ? a.Method : a.Method is null ? b.Method : b.Method is null ? a.Method : "HEAD";
        var remedy = aFitsMorePaths && bFitsMorePaths ? null : aFitsMorePaths ? Remedy(b, a) : Remedy(a, b);
        return $"The patterns \"{a.Text}\" and \"{b.Text}\" both fit {method ?? "GET"} {a.Host}{both}, and neither is more specific than the other: " +
            (remedy ?? "each fits requests that the other does not. Write one of them more narrowly, or one pattern for both, whose handler decides.");
    }

    /// <summary>What to write where one fits more methods and the other more paths; null if it takes a longer thought.</summary>
    private static string? Remedy(RoutePattern moreMethods, RoutePattern morePaths)
    {
        if (moreMethods.Method is not null) return null;
        return $"\"{moreMethods.Text}\" fits more methods, and \"{morePaths.Text}\" more paths. Write \"{morePaths.Method} {moreMethods.Text}\" in place of the one, " +
            $"or \"{morePaths.Text[morePaths.Text.IndexOfAny([' ', '\t'])..].TrimStart(' ', '\t')}\" in place of the other.";
    }
}
