using System.Text;

namespace Endless.Http.Semantics;

/// <summary>Mends paths: no empty, <c>.</c> or <c>..</c> segments. Go's cleanPath.</summary>
internal static class PathCleaning
{
    /// <summary>The same place, cleaned. A slash at the end stays.</summary>
    public static string Clean(string path)
    {
        var segments = new List<string>();
        var all = path.Split('/');
        foreach (var segment in all)
        {
            switch (Dots(segment))
            {
                case 1:
                    break;
                case 2:
                    if (segments.Count > 0) segments.RemoveAt(segments.Count - 1);
                    break;
                default:
                    if (segment.Length > 0) segments.Add(segment);
                    break;
            }
        }
        var clean = new StringBuilder(path.Length + 1);
        foreach (var segment in segments) clean.Append('/').Append(segment);
        if (clean.Length == 0 || all[^1].Length == 0 || Dots(all[^1]) > 0) clean.Append('/');
        return clean.ToString();
    }

    /// <summary>
    /// Whether a segment is <c>.</c> (1) or <c>..</c> (2), else 0. A dot that is percent-encoded is a dot: it is unreserved (RFC 3986 section 6.2.2.2), and browsers and nginx take it for one.
    /// </summary>
    public static int Dots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0 || ++dots > 2) return 0;
            segment = segment[length..];
        }
        return dots;
    }
}
