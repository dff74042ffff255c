using System.Buffers;
using System.Text;

namespace Endless.Http.Semantics;

/// <summary>What stands in a Location field (RFC 9110 section 10.2.2).</summary>
internal static class LocationField
{
    // What a URI reference is made of (RFC 3986 section 2), with the percent sign of what is encoded already.
    private static readonly SearchValues<char> UriChars =
        SearchValues.Create("!#$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~");

    // pchar and the slash (RFC 3986 section 3.3), with the percent sign of what is encoded already.
    private static readonly SearchValues<char> PathChars =
        SearchValues.Create("!$%&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>
    /// A URI reference in which all that no URI holds is percent-encoded, as UTF-8. Header injection: a line end among it. Open redirect: browsers take <c>\</c> for a slash, and so <c>/\evil.example</c> for another host.
    /// </summary>
    public static string Encode(string reference) => Encode(reference, UriChars);

    /// <summary>The same for what is a path and nothing else: a question mark in it is encoded too.</summary>
    public static string EncodePath(string path) => Encode(path, PathChars);

    /// <summary>Whether a reference begins with a scheme or names another host: <c>https://x/</c>, <c>mailto:x</c>, <c>//x/</c>.</summary>
    public static bool LeavesHost(ReadOnlySpan<char> reference)
    {
        if (reference.StartsWith("//") || reference.StartsWith("/\\") || reference.StartsWith("\\")) return true;
        var end = reference.IndexOfAny(":/?#");
        return end > 0 && reference[end] == ':';
    }

    /// <summary>A reference without scheme or host as a clean path of this host: one that begins with no slash is beside the requested path, as Go's <c>http.Redirect</c> has it. Query and fragment stay.</summary>
    public static string Resolve(string reference, string rawPath)
    {
        var end = reference.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? reference : reference[..end];
        if (!rawPath.StartsWith('/')) rawPath = "/"; // OPTIONS * and CONNECT have none
        if (path.Length == 0) return rawPath + reference;
        if (path[0] != '/') path = rawPath[..(rawPath.LastIndexOf('/') + 1)] + path;
        return PathCleaning.Clean(path) + (end < 0 ? "" : reference[end..]);
    }

    private static string Encode(string text, SearchValues<char> allowed)
    {
        if (!text.AsSpan().ContainsAnyExcept(allowed)) return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (allowed.Contains((char)b)) encoded.Append((char)b);
            else encoded.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
        }
        return encoded.ToString();
    }
}
