using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Forms;

/// <summary>
/// The Content-Disposition of a part (RFC 7578 section 4.2). Names are in UTF-8, as browsers send them, and stay as sent: the <c>%22</c> that a browser writes for a quote (WHATWG HTML section 4.10.21.8) cannot be
/// told from a name that holds those three characters.
/// </summary>
internal readonly struct ContentDisposition
{
    private const string TSpecials = "()<>@,;:\\\"/[]?=";

    /// <summary>The field's name; null where the part is none of a form.</summary>
    public string? Name { get; private init; }

    /// <summary>The file's name as sent; null where there is none.</summary>
    public string? FileName { get; private init; }

    /// <summary>Takes a field value apart. False if it is malformed, or says a parameter twice: others could see another name.</summary>
    /// <param name="field">As in a <see cref="Header"/>; null where the part has none.</param>
    /// <param name="disposition">The default where the part is none of a form.</param>
    public static bool TryParse(string? field, out ContentDisposition disposition)
    {
        disposition = default;
        if (field is null) return true;
        var rest = field.AsSpan();
        var end = rest.IndexOf(';');
        var type = (end < 0 ? rest : rest[..end]).Trim(" \t");
        if (!type.Equals("form-data", StringComparison.OrdinalIgnoreCase)) return FieldGrammar.IsToken(type);
        rest = end < 0 ? default : rest[end..];

        string? name = null, fileName = null, extended = null;
        while (TryTake(ref rest, out var parameter, out var value))
        {
            if (parameter.Equals("name", StringComparison.OrdinalIgnoreCase))
            {
                if (name is not null) return false;
                name = Utf8(value);
            }
            else if (parameter.Equals("filename", StringComparison.OrdinalIgnoreCase))
            {
                if (fileName is not null) return false;
                fileName = Utf8(value);
            }
            else if (parameter.Equals("filename*", StringComparison.OrdinalIgnoreCase))
            {
                if (extended is not null) return false;
                extended = Extended(value) ?? "";
            }
        }
        // RFC 7578 forbids the extended one, which says the same in full, and .NET's client sends it beside one that is coded for mail.
        disposition = new ContentDisposition { Name = name, FileName = extended is { Length: > 0 } ? extended : fileName };
        return rest.IsEmpty;
    }

    /// <summary>
    /// The last segment of a file's name: path traversal. Windows separates by a backslash, which old browsers sent with the directory. Null where nothing is left that could name a file.
    /// </summary>
    public static string? BaseName(string? fileName)
    {
        if (fileName is null) return null;
        var name = fileName[(fileName.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        return name is "" or "." or ".." ? null : name;
    }

    /// <summary>Takes the next parameter. False at the end, where the rest is empty, and where it is malformed.</summary>
    private static bool TryTake(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> name, out string value)
    {
        name = default;
        value = "";
        var text = rest.TrimStart(" \t");
        // Empty ones, as behind the last, mean nothing.
        while (text is [';', ..]) text = text[1..].TrimStart(" \t");
        if (text.IsEmpty || rest.TrimStart(" \t") is not [';', ..])
        {
            if (text.IsEmpty) rest = default;
            return false;
        }
        var equals = text.IndexOf('=');
        if (equals < 0) return false;
        name = text[..equals].TrimEnd(" \t");
        if (!FieldGrammar.IsToken(name)) return false;
        text = text[(equals + 1)..].TrimStart(" \t");
        if (!TryTakeValue(ref text, out value)) return false;
        rest = text;
        return true;
    }

    private static bool TryTakeValue(ref ReadOnlySpan<char> text, out string value)
    {
        value = "";
        if (text is not ['"', ..])
        {
            var end = text.IndexOfAny(';', ' ', '\t');
            var token = end < 0 ? text : text[..end];
            if (token.IsEmpty || token.Contains('"')) return false;
            value = token.ToString();
            text = end < 0 ? default : text[end..];
            return true;
        }
        var plain = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                value = plain.ToString();
                text = text[(i + 1)..];
                return true;
            }
            // As in Go: a backslash in front of a letter is one of a path of Windows, which old browsers did not escape.
            if (c == '\\' && i + 1 < text.Length && TSpecials.Contains(text[i + 1])) c = text[++i];
            plain.Append(c);
        }
        return false;
    }

    /// <summary>What characters of ISO 8859-1 say as bytes of UTF-8.</summary>
    private static string Utf8(string text) => Ascii.IsValid(text) ? text : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    /// <summary>charset'language'percent-encoded (RFC 8187 section 3.2); null if it is none, or not in UTF-8.</summary>
    private static string? Extended(string text)
    {
        var parts = text.Split('\'', 3);
        return parts.Length == 3 && parts[0].Equals("utf-8", StringComparison.OrdinalIgnoreCase) && Ascii.IsValid(parts[2])
            && PercentEncoding.TryDecode(parts[2], plusIsSpace: false, out var decoded) ? decoded : null;
    }
}
