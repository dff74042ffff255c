using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Endless.Http.Cookies;

/// <summary>Keys as they are stored and passed on: a line for each, of the second it was made and the secret in base64url.</summary>
internal static class CookieKeyText
{
    /// <summary>One key's line.</summary>
    public static string Line(CookieKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Created} {Base64Url.EncodeToString(key.Secret)}\n");

    /// <summary>All keys.</summary>
    public static byte[] Format(IReadOnlyList<CookieKey> keys)
    {
        var text = new StringBuilder();
        foreach (var key in keys) text.Append(Line(key));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The keys of a text that are not known yet are added to the known. Lines that are none, as of a write that was cut short, are passed over.</summary>
    public static void Parse(ReadOnlySpan<byte> text, List<CookieKey> keys)
    {
        Span<byte> secret = stackalloc byte[CookieKey.Length + 3];
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            var space = line.IndexOf((byte)' ');
            if (space < 0 || !Utf8Parser.TryParse(line[..space], out long created, out var digits) || digits != space) continue;
            var encoded = line[(space + 1)..].TrimEnd((byte)'\r');
            if (Base64Url.DecodeFromUtf8(encoded, secret, out _, out var length) != System.Buffers.OperationStatus.Done || length != CookieKey.Length) continue;
            if (!Knows(keys, secret[..length])) keys.Add(new CookieKey(secret[..length].ToArray(), created));
        }
    }

    private static bool Knows(List<CookieKey> keys, ReadOnlySpan<byte> secret)
    {
        foreach (var key in keys)
            if (secret.SequenceEqual(key.Secret)) return true;
        return false;
    }
}
