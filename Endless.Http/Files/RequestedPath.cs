using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>
/// The path of a request as the name of a file. Path traversal: each spelling of a way out is refused here already, though a source refuses them once more. Each segment is decoded once, so that <c>%252e</c> is a name with
/// a percent sign, and none may then be empty, a dot segment, or hold a slash, a backslash, a control character or what is no UTF-8 (an overlong slash among it).
/// </summary>
internal static class RequestedPath
{
    private const string WellKnown = "/.well-known";

    /// <summary>PATH_MAX: the kernel takes no longer ones.</summary>
    private const int MaxBytes = 4095;

    private static readonly SearchValues<char> Refused = SearchValues.Create(
        "\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f");

    /// <summary>Reads a path as sent. False if it is the name of no file, whatever lies on the disk.</summary>
    /// <param name="rawPath">As sent, percent-encoded.</param>
    /// <param name="path">Begins with a slash and does not end in one, but for the root's.</param>
    /// <param name="endsInSlash">There was one behind it; the root always has.</param>
    public static bool TryRead(string rawPath, out string path, out bool endsInSlash)
    {
        path = rawPath;
        endsInSlash = rawPath.EndsWith('/');
        if (rawPath.Contains('%') && !TryDecode(rawPath, out path)) return false;
        if (endsInSlash && path.Length > 1) path = path[..^1];
        return IsName(path) && !path.AsSpan().ContainsAny(Refused);
    }

    /// <summary>Whether a path begins with a slash and has neither an empty segment, a dot segment nor a NUL.</summary>
    public static bool IsName(ReadOnlySpan<char> path)
    {
        if (path is not ['/', ..] || path.Length > MaxBytes || path.Contains('\0')) return false;
        if (path.Length == 1) return true;
        for (var rest = path; !rest.IsEmpty;)
        {
            rest = rest[1..];
            var end = rest.IndexOf('/');
            var segment = end < 0 ? rest : rest[..end];
            if (segment is "" or "." or "..") return false;
            rest = rest[segment.Length..];
        }
        return true;
    }

    /// <summary>Whether a segment begins with a dot: <c>.git</c>, <c>.env</c>. What lies below <c>/.well-known/</c> is there to be found (RFC 8615).</summary>
    public static bool IsHidden(ReadOnlySpan<char> path)
    {
        if (path.StartsWith(WellKnown) && (path.Length == WellKnown.Length || path[WellKnown.Length] == '/')) path = path[WellKnown.Length..];
        return path.Contains("/.", StringComparison.Ordinal);
    }

    private static bool TryDecode(string rawPath, out string path)
    {
        path = "";
        var rented = ArrayPool<byte>.Shared.Rent(rawPath.Length);
        try
        {
            var length = 0;
            for (var i = 0; i < rawPath.Length; i++)
            {
                var c = rawPath[i];
                if (c == '%')
                {
                    if (i + 2 >= rawPath.Length || !char.IsAsciiHexDigit(rawPath[i + 1]) || !char.IsAsciiHexDigit(rawPath[i + 2])) return false;
                    c = (char)((HexDigit.Value((byte)rawPath[i + 1]) << 4) | HexDigit.Value((byte)rawPath[i + 2]));
                    if (c == '/') return false;
                    i += 2;
                }
                rented[length++] = (byte)c;
            }
            if (!Utf8.IsValid(rented.AsSpan(0, length))) return false;
            path = Encoding.UTF8.GetString(rented, 0, length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
