using System.Buffers;
using System.Buffers.Binary;

namespace Endless.Http.Http2.Frames;

/// <summary>The nine octets before every frame's payload (RFC 9113 section 4.1).</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>Octets of a frame header.</summary>
    public const int Size = 9;

    /// <summary>The initial SETTINGS_MAX_FRAME_SIZE, and the smallest there can be (RFC 9113 section 6.5.2).</summary>
    public const int DefaultMaxFrameSize = 16 * 1024;

    /// <summary>The last frame of the stream from its sender.</summary>
    public bool EndStream => (Flags & FrameFlags.EndStream) != 0;

    /// <summary>An acknowledgement.</summary>
    public bool Ack => (Flags & FrameFlags.Ack) != 0;

    /// <summary>Nothing of the header block follows.</summary>
    public bool EndHeaders => (Flags & FrameFlags.EndHeaders) != 0;

    /// <summary>Reads a header from the front of <paramref name="buffer"/>; false if it is not all there. The reserved bit is ignored.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        header = default;
        if (buffer.FirstSpan.Length >= Size)
        {
            header = Read(buffer.FirstSpan);
            return true;
        }
        if (buffer.Length < Size) return false;
        Span<byte> octets = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(octets);
        header = Read(octets);
        return true;
    }

    /// <summary>Writes the nine octets.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Length << 8 | (byte)Type);
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], StreamId);
    }

    /// <summary>Reads nine octets. The reserved bit is ignored.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> octets)
    {
        var lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(octets);
        return new FrameHeader(
            (int)(lengthAndType >> 8), (FrameType)(byte)lengthAndType, (FrameFlags)octets[4], BinaryPrimitives.ReadInt32BigEndian(octets[5..]) & int.MaxValue);
    }
}
