using System.Buffers;
using System.Globalization;
using System.Text;

namespace Endless.Http.Semantics;

/// <summary>Percent-encoding (RFC 3986 section 2.1), mostly undone. Mirrors Go's <c>url.PathUnescape</c>, <c>url.QueryUnescape</c> and <c>URL.EscapedPath</c>.</summary>
internal static class PercentEncoding
{
    /// <summary>What a path may hold as it is: pchar but for pct-encoded, and the slash (RFC 3986 section 3.3).</summary>
    private static readonly SearchValues<char> PathChars = SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>A path as it is sent, in UTF-8. Its slashes stay what they are.</summary>
    public static string EncodePath(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(PathChars)) return path;
        var encoded = new StringBuilder(path.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(path))
        {
            if (PathChars.Contains((char)octet)) encoded.Append((char)octet);
            else encoded.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    /// <summary>
    /// Decodes <paramref name="text"/>; what is not ASCII stands for itself. The bytes it stands for are read as UTF-8, a broken sequence as U+FFFD.
    /// False if a percent sign is not followed by two hexadecimal digits.
    /// </summary>
    /// <param name="text">What to decode.</param>
    /// <param name="plusIsSpace">Whether <c>+</c> stands for a space, as it does in queries and forms.</param>
    /// <param name="decoded">The result; empty where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, out string decoded)
    {
        if (!text.Contains('%') && !(plusIsSpace && text.Contains('+')))
        {
            decoded = text.ToString();
            return true;
        }

        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (c == '%')
                {
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    {
                        decoded = "";
                        return false;
                    }
                    rented[length++] = (byte)((HexDigit.Value((byte)text[i + 1]) << 4) | HexDigit.Value((byte)text[i + 2]));
                    i += 2;
                }
                else if (c == '+' && plusIsSpace)
                {
                    rented[length++] = (byte)' ';
                }
                else if (c < 0x80)
                {
                    rented[length++] = (byte)c;
                }
                else
                {
                    // All that follow at once: the two halves of a character beyond U+FFFF mean nothing one by one.
                    var end = text[i..].IndexOfAnyInRange('\0', '\x7f');
                    var run = end < 0 ? text[i..] : text.Slice(i, end);
                    length += Encoding.UTF8.GetBytes(run, rented.AsSpan(length));
                    i += run.Length - 1;
                }
            }
            decoded = Encoding.UTF8.GetString(rented, 0, length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
