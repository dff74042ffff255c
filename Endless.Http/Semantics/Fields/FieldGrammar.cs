using System.Buffers;
using System.Text;

namespace Endless.Http.Semantics;

/// <summary>The character classes of field names and values (RFC 9110 section 5), as sets that the runtime searches with vector instructions.</summary>
internal static class FieldGrammar
{
    /// <summary>tchar (RFC 9110 section 5.6.2): what methods and field names are made of.</summary>
    public static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Control characters but HTAB: in a received line the first of them must be the CR of its CRLF.</summary>
    public static readonly SearchValues<byte> ControlBytes = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f"u8);

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Visible ASCII and space.
    private static readonly SearchValues<char> PlainChars = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> ControlChars = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f");

    /// <summary>The prefix of a header key that stands for a trailer field. Go's <c>http.TrailerPrefix</c>.</summary>
    public const string TrailerPrefix = "Trailer:";

    /// <summary>A token: one or more tchar.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && !text.ContainsAnyExcept(TokenBytes);

    /// <inheritdoc cref="IsToken(ReadOnlySpan{byte})"/>
    public static bool IsToken(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Refuses a name that is no token; a name with <see cref="TrailerPrefix"/> must have a token after it.</summary>
    /// <exception cref="ArgumentException">It is not one.</exception>
    public static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsToken(name.AsSpan()) && !(name.StartsWith(TrailerPrefix, StringComparison.Ordinal) && IsToken(name.AsSpan(TrailerPrefix.Length))))
            throw new ArgumentException("A field name must be a token: letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 section 5.6.2).", nameof(name));
    }

    /// <summary>
    /// Refuses a value that could end its line early or cannot be sent as ISO 8859-1 (RFC 9110 section 5.5); returns it without white space around it,
    /// which is not part of a value.
    /// </summary>
    /// <exception cref="ArgumentException">It holds a control character other than HTAB, or a character above U+00FF.</exception>
    public static string CheckValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        // Nearly all values are plain.
        if (value.AsSpan().ContainsAnyExcept(PlainChars) && (value.AsSpan().ContainsAny(ControlChars) || (!Ascii.IsValid(value) && value.Any(c => c > '\u00ff'))))
            throw new ArgumentException("A field value must not hold control characters (CR, LF, NUL, ...) or characters above U+00FF (RFC 9110 section 5.5).", nameof(value));
        return value.Length > 0 && (IsSpace(value[0]) || IsSpace(value[^1])) ? value.Trim(' ', '\t') : value;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t';
}
