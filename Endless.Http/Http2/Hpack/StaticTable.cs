namespace Endless.Http.Http2.Hpack;

/// <summary>The static table of RFC 7541 appendix A, indices 1 to 61.</summary>
internal static class StaticTable
{
    public const int Count = 61;

    /// <summary>Index of <c>:status 200</c>, first of the <c>:status</c> entries.</summary>
    public const int Status200 = 8;

    private static readonly HeaderField[] Entries =
    [
        new(":authority", ""),
        new(":method", "GET"),
        new(":method", "POST"),
        new(":path", "/"),
        new(":path", "/index.html"),
        new(":scheme", "http"),
        new(":scheme", "https"),
        new(":status", "200"),
        new(":status", "204"),
        new(":status", "206"),
        new(":status", "304"),
        new(":status", "400"),
        new(":status", "404"),
        new(":status", "500"),
        new("accept-charset", ""),
        new("accept-encoding", "gzip, deflate"),
        new("accept-language", ""),
        new("accept-ranges", ""),
        new("accept", ""),
        new("access-control-allow-origin", ""),
        new("age", ""),
        new("allow", ""),
        new("authorization", ""),
        new("cache-control", ""),
        new("content-disposition", ""),
        new("content-encoding", ""),
        new("content-language", ""),
        new("content-length", ""),
        new("content-location", ""),
        new("content-range", ""),
        new("content-type", ""),
        new("cookie", ""),
        new("date", ""),
        new("etag", ""),
        new("expect", ""),
        new("expires", ""),
        new("from", ""),
        new("host", ""),
        new("if-match", ""),
        new("if-modified-since", ""),
        new("if-none-match", ""),
        new("if-range", ""),
        new("if-unmodified-since", ""),
        new("last-modified", ""),
        new("link", ""),
        new("location", ""),
        new("max-forwards", ""),
        new("proxy-authenticate", ""),
        new("proxy-authorization", ""),
        new("range", ""),
        new("referer", ""),
        new("refresh", ""),
        new("retry-after", ""),
        new("server", ""),
        new("set-cookie", ""),
        new("strict-transport-security", ""),
        new("transfer-encoding", ""),
        new("user-agent", ""),
        new("vary", ""),
        new("via", ""),
        new("www-authenticate", ""),
    ];

    // Only the encoder asks by name, and its header names come from handlers in any case.
    private static readonly Dictionary<string, int> ByName = IndexNames();

    /// <summary>The entry at an index from 1 to <see cref="Count"/>.</summary>
    public static HeaderField Get(int index) => Entries[index - 1];

    /// <summary>The first index of a name, compared without case; 0 if it is not in the table.</summary>
    public static int Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, int> IndexNames()
    {
        var names = new Dictionary<string, int>(Count, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < Entries.Length; i++) names.TryAdd(Entries[i].Name, i + 1);
        return names;
    }
}
