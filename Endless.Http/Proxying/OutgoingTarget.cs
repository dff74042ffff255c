using System.Text;

namespace Endless.Http.Proxying;

/// <summary>The target of a request to a destination: the destination's path, then that of the request as it was sent. Nothing is decoded and encoded again, so that both sides read the same.</summary>
internal static class OutgoingTarget
{
    /// <summary>
    /// Path traversal: whether a path has a segment that a server takes for "..", which leads out of the destination's prefix, or of the path that a mux let through. Encoded dots and slashes, backslashes and
    /// path parameters (<c>..;a</c>, as servlets read them) count: which of them a destination decodes is not known here. Clients remove such segments before they send (RFC 3986 section 5.2.4).
    /// </summary>
    public static bool Climbs(ReadOnlySpan<char> rawPath)
    {
        // Most paths have no two dots.
        if (!rawPath.Contains("..", StringComparison.Ordinal) && !rawPath.Contains("%2e", StringComparison.OrdinalIgnoreCase)) return false;
        var (dots, isPlain, hasEnded) = (0, true, false);
        for (var i = 0; i <= rawPath.Length; i++)
        {
            var c = i == rawPath.Length ? '/' : rawPath[i];
            if (c == '%' && i + 2 < rawPath.Length && char.IsAsciiHexDigit(rawPath[i + 1]) && char.IsAsciiHexDigit(rawPath[i + 2]))
            {
                c = (char)Convert.ToByte(rawPath.Slice(i + 1, 2).ToString(), 16);
                i += 2;
            }
            switch (c)
            {
                case '/' or '\\':
                    if (isPlain && dots == 2) return true;
                    (dots, isPlain, hasEnded) = (0, true, false);
                    break;
                case ';':
                    hasEnded = true;
                    break;
                case '.' when !hasEnded:
                    dots++;
                    break;
                default:
                    isPlain &= hasEnded;
                    break;
            }
        }
        return false;
    }

    /// <summary>The target; null if it is none (longer than a URL can be).</summary>
    /// <param name="destination">Its path and its query come first.</param>
    /// <param name="rawPath">Begins with a slash.</param>
    /// <param name="rawQuery">Without its question mark.</param>
    public static Uri? Join(Uri destination, string rawPath, string rawQuery)
    {
        var prefix = destination.AbsolutePath.AsSpan().TrimEnd('/');
        var before = destination.Query.AsSpan().TrimStart('?');
        var query = Clean(rawQuery);
        var text = $"{destination.Scheme}://{destination.Authority}{prefix}{rawPath}{(before.Length + query.Length > 0 ? "?" : "")}{before}{(before.Length > 0 && query.Length > 0 ? "&" : "")}{query}";
        // "Dangerous" for who relies on it to remove dots: the request is to go out as it came.
        return Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var target) ? target : null;
    }

    /// <summary>
    /// Query smuggling: what <see cref="Request.Query"/> leaves out, a destination might read (a semicolon as a separator, a broken percent sign as it stands), and see another value than a check before the proxy
    /// saw. Such pairs are not passed on (Go's cleanQueryParams; the others stay as they were sent, in their order).
    /// </summary>
    public static string Clean(string query)
    {
        if (IsClean(query)) return query;
        var clean = new StringBuilder(query.Length);
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.IsEmpty || !IsClean(pair)) continue;
            if (clean.Length > 0) clean.Append('&');
            clean.Append(pair);
        }
        return clean.ToString();
    }

    private static bool IsClean(ReadOnlySpan<char> query)
    {
        for (var i = query.IndexOfAny(';', '%'); i >= 0;)
        {
            if (query[i] == ';' || i + 2 >= query.Length || !char.IsAsciiHexDigit(query[i + 1]) || !char.IsAsciiHexDigit(query[i + 2])) return false;
            query = query[(i + 3)..];
            i = query.IndexOfAny(';', '%');
        }
        return true;
    }
}
