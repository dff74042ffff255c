using System.Buffers.Binary;

namespace Endless.Http.Cookies;

/// <summary>
/// What is in front of everything that a <see cref="CookieProtector"/> makes, authenticated and in the clear: the format (1 byte), the key (4), when it was made (8, in seconds of Unix time) and for how many seconds it is good (4).
/// </summary>
internal readonly record struct ProtectedText(byte Format, uint KeyId, long Issued, uint Lifetime)
{
    /// <summary>AES-256-GCM.</summary>
    public const byte Encrypted = 1;

    /// <summary>HMAC-SHA256.</summary>
    public const byte Signed = 2;

    /// <summary>Bytes of it.</summary>
    public const int Length = 1 + sizeof(uint) + sizeof(long) + sizeof(uint);

    public static ProtectedText Read(ReadOnlySpan<byte> bytes) => new(
        bytes[0],
        BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[5..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[13..]));

    public void Write(Span<byte> bytes)
    {
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], KeyId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[5..], Issued);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[13..], Lifetime);
    }

    /// <summary>Whether it is good no longer. To be asked of what is authentic.</summary>
    public bool HasEnded(DateTimeOffset now) => now.ToUnixTimeSeconds() - Issued >= Lifetime;
}
