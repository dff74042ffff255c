using System.Buffers;
using System.Globalization;
using System.Text;

namespace Endless.Http.AspNetCore.Connections;

/// <summary>A target's path as ASP.NET Core routes it: percent-decoded as UTF-8 but for an encoded slash, and without dot segments (RFC 3986 section 5.2.4).</summary>
internal static class RequestPath
{
    /// <summary>Decodes a path.</summary>
    /// <param name="rawPath">As sent: begins with a slash, or is <c>*</c> or empty.</param>
    public static string Decode(string rawPath)
    {
        if (rawPath is "*" or "") return "";
        if (!rawPath.Contains('%')) return rawPath.Contains("/.", StringComparison.Ordinal) ? WithoutDotSegments(rawPath) : rawPath;
        var decoded = PercentDecode(rawPath);
        return decoded.Contains("/.", StringComparison.Ordinal) ? WithoutDotSegments(decoded) : decoded;
    }

    /// <summary>Each run of encoded bytes that is UTF-8 becomes its characters; what is not, or would be a slash, stays as it was sent.</summary>
    private static string PercentDecode(string path)
    {
        var decoded = new StringBuilder(path.Length);
        Span<byte> character = stackalloc byte[4];
        for (var i = 0; i < path.Length;)
        {
            if (path[i] != '%')
            {
                decoded.Append(path[i++]);
                continue;
            }
            var length = 0;
            while (length < 4 && TryDecodeByte(path, i + length * 3, out character[length]))
            {
                length++;
                if (Rune.DecodeFromUtf8(character[..length], out var rune, out _) != OperationStatus.Done) continue;
                if (rune.Value is '/' or 0) length = 0;
                else decoded.Append(rune.ToString());
                break;
            }
            if (length > 0 && Rune.DecodeFromUtf8(character[..length], out _, out _) == OperationStatus.Done)
            {
                i += length * 3;
            }
            else
            {
                decoded.Append(path[i++]);
            }
        }
        return decoded.ToString();
    }

    private static bool TryDecodeByte(string path, int index, out byte value)
    {
        value = 0;
        return index + 2 < path.Length && path[index] == '%' && byte.TryParse(path.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static string WithoutDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            switch (segments[i])
            {
                case ".":
                    if (isLast) kept.Add("");
                    break;
                case "..":
                    if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
                    if (isLast) kept.Add("");
                    break;
                default:
                    kept.Add(segments[i]);
                    break;
            }
        }
        return "/" + string.Join('/', kept);
    }
}
