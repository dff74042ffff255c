using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.Cookies;

/// <summary>Signs with HMAC-SHA256: the value, a dot, and in base64url the head (<see cref="ProtectedText"/>) and the code over head, name and value.</summary>
internal static class CookieSignature
{
    private const int Total = ProtectedText.Length + HMACSHA256.HashSizeInBytes;

    public static string Sign(CookieKey key, string name, string value, long issued, uint lifetime)
    {
        Span<byte> bytes = stackalloc byte[Total];
        new ProtectedText(ProtectedText.Signed, key.Id, issued, lifetime).Write(bytes);
        Hash(key, bytes[..ProtectedText.Length], name, value, bytes[ProtectedText.Length..]);
        return $"{value}.{Base64Url.EncodeToString(bytes)}";
    }

    /// <summary>The value, if the text is authentic and still good; else null.</summary>
    public static string? Verify(CookieKeys keys, string name, string text, DateTimeOffset now)
    {
        var dot = text.LastIndexOf('.');
        if (dot < 0 || text.Length - dot - 1 != Base64Url.GetEncodedLength(Total)) return null;
        Span<byte> bytes = stackalloc byte[Total];
        if (Base64Url.DecodeFromChars(text.AsSpan(dot + 1), bytes, out _, out var length) != OperationStatus.Done || length != Total) return null;
        var head = ProtectedText.Read(bytes);
        if (head.Format != ProtectedText.Signed || keys.Find(head.KeyId) is not { } key) return null;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(key, bytes[..ProtectedText.Length], name, text.AsSpan(0, dot), expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes[ProtectedText.Length..]) && !head.HasEnded(now) ? text[..dot] : null;
    }

    // The name is a token, so that the equals sign behind it ends it.
    private static void Hash(CookieKey key, ReadOnlySpan<byte> head, string name, ReadOnlySpan<char> value, Span<byte> hash)
    {
        var signed = ArrayPool<byte>.Shared.Rent(head.Length + Encoding.UTF8.GetMaxByteCount(name.Length + 1 + value.Length));
        head.CopyTo(signed);
        var length = head.Length;
        length += Encoding.UTF8.GetBytes(name, signed.AsSpan(length));
        signed[length++] = (byte)'=';
        length += Encoding.UTF8.GetBytes(value, signed.AsSpan(length));
        HMACSHA256.HashData(key.Signing, signed.AsSpan(0, length), hash);
        ArrayPool<byte>.Shared.Return(signed);
    }
}
