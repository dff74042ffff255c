using System.Buffers;
using System.Text;

namespace Endless.Http.Semantics;

/// <summary>A request target in one of its four forms (RFC 9112 section 3.2), taken apart. Immutable: a connection keeps its last one, since clients repeat themselves.</summary>
internal sealed class RequestTarget
{
    /// <summary>
    /// What a target may consist of: visible ASCII but for <c>#</c>, which starts a fragment and is never sent (RFC 9110 section 4.2.5).
    /// Wider than RFC 3986: browsers send <c>[ ] | ^ { }</c> raw in queries (WHATWG URL), and none of them ends a target or a line.
    /// </summary>
    public static readonly SearchValues<byte> TargetBytes =
        SearchValues.Create("!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private RequestTarget(string raw, string rawPath, string path, string rawQuery, string? authority)
    {
        Raw = raw;
        RawPath = rawPath;
        Path = path;
        RawQuery = rawQuery;
        Authority = authority;
    }

    /// <summary>As sent.</summary>
    public string Raw { get; }

    /// <summary>The path as sent; <c>*</c> for the asterisk form, empty for the authority form.</summary>
    public string RawPath { get; }

    /// <summary>The path, percent-decoded.</summary>
    public string Path { get; }

    /// <summary>The query as sent, without its question mark.</summary>
    public string RawQuery { get; }

    /// <summary>The authority of an absolute or authority form, which takes the place of the Host field (RFC 9112 section 3.2.2); null in the other forms.</summary>
    public string? Authority { get; }

    /// <summary>An absolute form with the scheme <c>https</c>.</summary>
    public bool IsHttps => Authority is not null && Raw.StartsWith("https:/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The target of a request, or null if it is malformed or of a form its method does not have.</summary>
    /// <param name="method">The request's method: CONNECT and OPTIONS have forms of their own.</param>
    /// <param name="raw">One or more <see cref="TargetBytes"/>.</param>
    public static RequestTarget? Parse(string method, ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || raw.ContainsAnyExcept(TargetBytes)) return null;

        // Authority form, for CONNECT and only there; the port is part of it (RFC 9112 section 3.2.3).
        if (method == "CONNECT")
        {
            if (!Semantics.Authority.IsValid(raw, out var port) || port.IsEmpty) return null;
            var authority = Encoding.ASCII.GetString(raw);
            return new RequestTarget(authority, "", "", "", authority);
        }

        if (raw[0] == '/') return FromPath(Encoding.ASCII.GetString(raw), 0, null);

        // Asterisk form, for OPTIONS and only there (RFC 9112 section 3.2.4).
        if (raw.SequenceEqual("*"u8)) return method == "OPTIONS" ? new RequestTarget("*", "*", "*", "", null) : null;

        return ParseAbsolute(method, raw);
    }

    /// <summary>The same with another path, as sent; null if that could not be one. <see cref="Raw"/> stays what the client sent.</summary>
    /// <param name="rawPath">Begins with a slash, or is empty, which means the slash alone.</param>
    public RequestTarget? WithPath(string rawPath)
    {
        if (rawPath.Length == 0) rawPath = "/";
        if (rawPath[0] != '/' || !IsPartOfTarget(rawPath) || rawPath.Contains('?')) return null;
        return TryDecodePath(rawPath, out var path) ? new RequestTarget(Raw, rawPath, path, RawQuery, Authority) : null;
    }

    /// <summary>The same with another query, as sent; null if that could not be one.</summary>
    public RequestTarget? WithQuery(string rawQuery) => IsPartOfTarget(rawQuery) ? new RequestTarget(Raw, RawPath, Path, rawQuery, Authority) : null;

    private static bool IsPartOfTarget(string text)
    {
        foreach (var c in text)
            if (c > 0x7f || !TargetBytes.Contains((byte)c)) return false;
        return true;
    }

    // NUL injection: C code, as in every file system, would see the path end there (RFC 3986 section 7.3). Kestrel and nginx refuse it too. One that is not encoded does not come here.
    private static bool TryDecodePath(string rawPath, out string path)
    {
        path = rawPath;
        return !rawPath.Contains('%') || (PercentEncoding.TryDecode(rawPath, plusIsSpace: false, out path) && !path.Contains('\0'));
    }

    private static RequestTarget? ParseAbsolute(string method, ReadOnlySpan<byte> raw)
    {
        int start;
        if (raw.Length > 7 && Ascii.EqualsIgnoreCase(raw[..7], "http://"u8)) start = 7;
        else if (raw.Length > 8 && Ascii.EqualsIgnoreCase(raw[..8], "https://"u8)) start = 8;
        else return null;

        var rest = raw[start..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        var authority = end < 0 ? rest : rest[..end];
        if (!Semantics.Authority.IsValid(authority, out _)) return null;

        var text = Encoding.ASCII.GetString(raw);
        var host = text.Substring(start, authority.Length);
        if (end >= 0) return FromPath(text, start + end, host);
        // Without path and query, OPTIONS is about the server as a whole (RFC 9112 section 3.2.4).
        return method == "OPTIONS" ? new RequestTarget(text, "*", "*", "", host) : new RequestTarget(text, "/", "/", "", host);
    }

    private static RequestTarget? FromPath(string text, int pathStart, string? authority)
    {
        var question = text.IndexOf('?', pathStart);
        var pathEnd = question < 0 ? text.Length : question;
        var rawPath = pathStart == pathEnd ? "/" : pathStart == 0 && pathEnd == text.Length ? text : text[pathStart..pathEnd];
        if (!TryDecodePath(rawPath, out var path)) return null;
        return new RequestTarget(text, rawPath, path, question < 0 ? "" : text[(question + 1)..], authority);
    }
}
