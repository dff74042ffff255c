using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Endless.Http.Cookies;

/// <summary>A secret of a <see cref="CookieKeys"/>, and the keys for each use that are derived from it (RFC 5869). Immutable.</summary>
internal sealed class CookieKey
{
    /// <summary>Bytes of the secret.</summary>
    public const int Length = 32;

    /// <param name="secret">Of <see cref="Length"/> bytes.</param>
    /// <param name="created">When it was made, in seconds of Unix time.</param>
    public CookieKey(byte[] secret, long created)
    {
        Secret = secret;
        Created = created;
        Encryption = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, info: "endless cookie encryption"u8.ToArray());
        Signing = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, info: "endless cookie signature"u8.ToArray());
        Id = BinaryPrimitives.ReadUInt32BigEndian(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, sizeof(uint), info: "endless cookie key id"u8.ToArray()));
    }

    /// <summary>What is stored and passed on.</summary>
    public byte[] Secret { get; }

    /// <summary>When it was made, in seconds of Unix time.</summary>
    public long Created { get; }

    /// <summary>Which key a text was made with: derived from the secret, so that it need not be stored. It says nothing of the secret.</summary>
    public uint Id { get; }

    /// <summary>From which the key of each text is derived.</summary>
    public byte[] Encryption { get; }

    /// <summary>For HMAC-SHA256.</summary>
    public byte[] Signing { get; }

    /// <summary>A random one.</summary>
    public static CookieKey Random(DateTimeOffset now) => new(RandomNumberGenerator.GetBytes(Length), now.ToUnixTimeSeconds());
}
