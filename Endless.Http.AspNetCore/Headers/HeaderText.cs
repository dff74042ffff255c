using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>Field values as ASP.NET Core has them: UTF-8 in a request, ASCII in a response. The engine's are ISO 8859-1, a character a byte.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A value of a request, of which a byte became a character each, decoded as UTF-8; as it is where it is not that.</summary>
    public static string Decode(string value)
    {
        if (Ascii.IsValid(value)) return value;
        try
        {
            return Utf8.GetString(Encoding.Latin1.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }

    /// <summary>A value that middleware gives to a request, as the engine keeps it.</summary>
    public static string Encode(string value) => Ascii.IsValid(value) ? value : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));

    private static bool IsUtf8(string value) => Ascii.IsValid(value) || System.Text.Unicode.Utf8.IsValid(Encoding.Latin1.GetBytes(value));

    /// <summary>Whether all values of a request are UTF-8: on Kestrel no application sees another.</summary>
    public static bool AreUtf8(FieldLines fields)
    {
        if (fields.IsAscii) return true;
        for (var i = 0; i < fields.Fields.Length; i++)
            if (!IsUtf8(fields.ValueAt(i))) return false;
        return true;
    }

    /// <summary>A name of a field.</summary>
    /// <exception cref="InvalidOperationException">It is no token (RFC 9110 section 5.6.2).</exception>
    public static void CheckName(string? name)
    {
        if (string.IsNullOrEmpty(name)) throw new InvalidOperationException("Header name cannot be a null or empty string.");
        foreach (var character in name)
            if (!FieldGrammar.IsToken([character])) throw new InvalidOperationException($"Invalid non-ASCII or control character in header: 0x{(int)character:X4}");
    }

    /// <summary>Response splitting: a value with a line end in it would be two fields.</summary>
    /// <exception cref="InvalidOperationException">A character is no ASCII, or a control character.</exception>
    public static void Check(string value)
    {
        foreach (var character in value)
        {
            if (character is (>= ' ' and < '\x7F') or '\t') continue;
            throw new InvalidOperationException($"Invalid non-ASCII or control character in header: 0x{(int)character:X4}");
        }
    }
}
