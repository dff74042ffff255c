using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.Cookies;

/// <summary>
/// Encrypts with AES-256-GCM: the head (<see cref="ProtectedText"/>), 24 random bytes, the ciphertext, a tag of 16; in base64url. The associated data is all that is in front of the ciphertext, and the purpose.
/// </summary>
/// <remarks>
/// Nonce reuse: of 2^32 nonces of 96 random bits two may be the same, which gives GCM's key away (NIST SP 800-38D section 8.3), and a busy site comes to that. So each text has a key of its own, derived from the first
/// half of 24 random bytes; the second half is the nonce.
/// </remarks>
internal static class CookieCipher
{
    private const int SaltLength = 12;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int ClearLength = ProtectedText.Length + SaltLength + NonceLength;

    /// <summary>Bytes of what is encrypted: what is larger than any cookie is refused before a buffer is made for it.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>Characters that a text takes which is made of so many bytes.</summary>
    public static int TextLength(int bytes) => Base64Url.GetEncodedLength(ClearLength + bytes + TagLength);

    public static string Encrypt(CookieKey key, string purpose, ReadOnlySpan<byte> data, long issued, uint lifetime)
    {
        if (data.Length > MaxLength) throw new ArgumentException($"No more than {MaxLength} bytes are encrypted for a client: keep them on the server.", nameof(data));
        var total = ClearLength + data.Length + TagLength;
        var rented = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            var bytes = rented.AsSpan(0, total);
            new ProtectedText(ProtectedText.Encrypted, key.Id, issued, lifetime).Write(bytes);
            RandomNumberGenerator.Fill(bytes.Slice(ProtectedText.Length, SaltLength + NonceLength));
            using var cipher = CipherFor(key, bytes);
            cipher.Encrypt(NonceOf(bytes), data, bytes.Slice(ClearLength, data.Length), bytes[^TagLength..], Associated(bytes, purpose));
            return Base64Url.EncodeToString(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>What was encrypted, if the text is authentic and still good.</summary>
    public static bool TryDecrypt(CookieKeys keys, string purpose, ReadOnlySpan<char> text, DateTimeOffset now, out ProtectedText head, [NotNullWhen(true)] out byte[]? data)
    {
        head = default;
        data = null;
        if (text.Length < Base64Url.GetEncodedLength(ClearLength + TagLength) || text.Length > Base64Url.GetEncodedLength(ClearLength + MaxLength + TagLength)) return false;
        var rented = ArrayPool<byte>.Shared.Rent(Base64Url.GetMaxDecodedLength(text.Length));
        try
        {
            if (Base64Url.DecodeFromChars(text, rented, out _, out var total) != OperationStatus.Done || total < ClearLength + TagLength) return false;
            var bytes = rented.AsSpan(0, total);
            head = ProtectedText.Read(bytes);
            if (head.Format != ProtectedText.Encrypted || keys.Find(head.KeyId) is not { } key) return false;
            using var cipher = CipherFor(key, bytes);
            var plain = new byte[total - ClearLength - TagLength];
            if (!TryDecrypt(cipher, bytes, plain, purpose) || head.HasEnded(now)) return false;
            data = plain;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // An exception is the only way .NET has to say so: some microseconds, as much as the cipher itself. One of a key that is not known, or without the format, does not come here.
    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> bytes, byte[] plain, string purpose)
    {
        try
        {
            cipher.Decrypt(NonceOf(bytes), bytes.Slice(ClearLength, plain.Length), bytes[^TagLength..], plain, Associated(bytes, purpose));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static AesGcm CipherFor(CookieKey key, ReadOnlySpan<byte> bytes)
    {
        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Encryption, bytes.Slice(ProtectedText.Length, SaltLength), derived);
        var cipher = new AesGcm(derived, TagLength);
        CryptographicOperations.ZeroMemory(derived);
        return cipher;
    }

    private static ReadOnlySpan<byte> NonceOf(ReadOnlySpan<byte> bytes) => bytes.Slice(ProtectedText.Length + SaltLength, NonceLength);

    private static byte[] Associated(ReadOnlySpan<byte> bytes, string purpose)
    {
        var associated = new byte[ClearLength + Encoding.UTF8.GetByteCount(purpose)];
        bytes[..ClearLength].CopyTo(associated);
        Encoding.UTF8.GetBytes(purpose, associated.AsSpan(ClearLength));
        return associated;
    }
}
