using System.Buffers.Binary;

namespace Endless.Http.WebSockets;

/// <summary>Frames as a server writes them: whole, and without a mask (RFC 6455 section 5.1).</summary>
internal static class FrameBytes
{
    /// <summary>The longest head: two bytes and a length of eight.</summary>
    public const int MaxHeadLength = 10;

    /// <summary>Writes a head. Returns its length.</summary>
    public static int WriteHead(Span<byte> room, byte first, int length)
    {
        room[0] = first;
        switch (length)
        {
            case < 126:
                room[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                room[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(room[2..], (ushort)length);
                return 4;
            default:
                room[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(room[2..], length);
                return 10;
        }
    }

    /// <summary>Writes a control frame, whose payload is 125 bytes at most. Returns its length.</summary>
    public static int WriteControl(Span<byte> room, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var head = WriteHead(room, FrameHead.FirstByte(opcode), payload.Length);
        payload.CopyTo(room[head..]);
        return head + payload.Length;
    }
}
