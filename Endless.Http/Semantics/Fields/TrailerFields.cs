namespace Endless.Http.Semantics;

/// <summary>Which fields may not stand in a trailer section, either way (RFC 9110 section 6.5.1; the list is Go's <c>httpguts.ValidTrailerHeader</c> and Upgrade).</summary>
internal static class TrailerFields
{
    private static readonly string[] Forbidden =
    [
        "Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "Expect", "Host",
        "Keep-Alive", "Max-Forwards", "Pragma", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Range", "Realm", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "WWW-Authenticate",
    ];

    /// <summary>Whether a field frames, routes, authenticates or says how to process the message, which must be known before its body.</summary>
    public static bool IsForbidden(string name)
    {
        if (name.StartsWith("If-", StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var forbidden in Forbidden)
            if (name.Equals(forbidden, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
