using System.Buffers;
using System.Globalization;
using System.Text;

namespace Endless.Http.Files;

/// <summary>The Content-Disposition field (RFC 6266).</summary>
internal static class ContentDisposition
{
    /// <summary>File systems have no longer names.</summary>
    private const int MaxLength = 255;

    // attr-char (RFC 8187 section 3.2.1)
    private static readonly SearchValues<char> AttributeChars = SearchValues.Create("!#$&+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");

    /// <summary>A download under a name, for which any text is made one.</summary>
    public static string Attachment(string fileName)
    {
        var name = Sanitize(fileName);
        if (name.Length == 0) return "attachment";
        var plain = new StringBuilder("attachment; filename=\"", 64);
        var isPlain = true;
        foreach (var c in name)
        {
            // A quote or a backslash would have to be quoted, which browsers read differently, and a percent sign some decode (RFC 6266 appendix D).
            var stays = char.IsAscii(c) && c is not ('"' or '\\' or '%');
            isPlain &= stays;
            plain.Append(stays ? c : '_');
        }
        plain.Append('"');
        if (isPlain) return plain.ToString();
        plain.Append("; filename*=UTF-8''");
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            if (AttributeChars.Contains((char)octet)) plain.Append((char)octet);
            else plain.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
        return plain.ToString();
    }

    private static string Sanitize(string fileName)
    {
        var name = fileName[(fileName.AsSpan().LastIndexOfAny('/', '\\') + 1)..].Trim();
        if (name is "." or "..") return "";
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxLength) break;
            // Header injection, and names that are shown backwards (U+202E).
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) clean.Append('_');
            else clean.Append(rune.ToString());
        }
        return clean.ToString();
    }
}
