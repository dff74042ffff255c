using System.Buffers;
using System.Buffers.Binary;

namespace Endless.Http.Http2.Frames;

/// <summary>One parameter of a SETTINGS frame (RFC 9113 section 6.5.1).</summary>
internal readonly record struct Setting(SettingId Id, uint Value)
{
    /// <summary>Octets of a setting.</summary>
    public const int Size = 6;

    /// <summary>Takes the first setting off a payload of whole settings.</summary>
    public static Setting Take(ref ReadOnlySequence<byte> payload)
    {
        Span<byte> octets = stackalloc byte[Size];
        payload.Slice(0, Size).CopyTo(octets);
        payload = payload.Slice(Size);
        return Read(octets);
    }

    public static Setting Read(ReadOnlySpan<byte> octets) =>
        new((SettingId)BinaryPrimitives.ReadUInt16BigEndian(octets), BinaryPrimitives.ReadUInt32BigEndian(octets[2..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)Id);
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], Value);
    }
}
