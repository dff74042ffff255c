using System.Buffers;
using System.Buffers.Binary;

namespace Endless.Http.WebSockets;

/// <summary>The head of a frame from a client (RFC 6455 section 5.2).</summary>
internal readonly struct FrameHead
{
    /// <summary>Two bytes, a length of eight and a mask.</summary>
    public const int MaxLength = 14;

    /// <summary>A control frame's payload (section 5.5).</summary>
    public const int MaxControlPayload = 125;

    private const byte Final = 0x80;
    private const byte Reserved1 = 0x40;
    private const byte OtherReserved = 0x30;
    private const byte Masked = 0x80;

    private readonly byte _first;

    private FrameHead(byte first, long length, uint mask) => (_first, Length, Mask) = (first, length, mask);

    /// <summary>What it is.</summary>
    public Opcode Opcode => (Opcode)(_first & 0x0f);

    /// <summary>The last of its message.</summary>
    public bool IsFinal => (_first & Final) != 0;

    /// <summary>The message is compressed (RFC 7692 section 6).</summary>
    public bool IsCompressed => (_first & Reserved1) != 0;

    /// <summary>Close, ping or pong.</summary>
    public bool IsControl => Opcode >= Opcode.Close;

    /// <summary>Bytes of the payload.</summary>
    public long Length { get; }

    /// <summary>What the payload is under.</summary>
    public uint Mask { get; }

    /// <summary>The first byte of a frame that is a whole message, or a control frame.</summary>
    public static byte FirstByte(Opcode opcode, bool isCompressed = false) => (byte)(Final | (isCompressed ? Reserved1 : 0) | (byte)opcode);

    /// <summary>Reads a head and takes it off. False if more of it must come; what is wrong with its first two bytes is said without waiting for the rest.</summary>
    /// <param name="input">Begins with the head.</param>
    /// <param name="allowsCompressed">The first reserved bit has a meaning.</param>
    /// <param name="head">The head.</param>
    /// <param name="mistake">What RFC 6455 forbids of it; null for nothing.</param>
    public static bool TryRead(ref ReadOnlySequence<byte> input, bool allowsCompressed, out FrameHead head, out string? mistake)
    {
        (head, mistake) = (default, null);
        var bytes = input.FirstSpan;
        if (bytes.Length < MaxLength && bytes.Length < input.Length)
        {
            Span<byte> whole = stackalloc byte[MaxLength];
            var some = input.Slice(0, Math.Min(MaxLength, input.Length));
            some.CopyTo(whole);
            return TryRead(ref input, whole[..(int)some.Length], allowsCompressed, out head, out mistake);
        }
        return TryRead(ref input, bytes, allowsCompressed, out head, out mistake);
    }

    private static bool TryRead(ref ReadOnlySequence<byte> input, ReadOnlySpan<byte> bytes, bool allowsCompressed, out FrameHead head, out string? mistake)
    {
        (head, mistake) = (default, null);
        if (bytes.Length < 2) return false;
        var (first, second) = (bytes[0], bytes[1]);
        mistake = MistakeOf(first, second, allowsCompressed);
        if (mistake is not null) return true;
        var (length, size) = ((long)(second & 0x7f), 2);
        if (length == 126)
        {
            size = 4;
            if (bytes.Length < size) return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (length < 126) mistake = "A length is in more bytes than it takes.";
        }
        else if (length == 127)
        {
            size = 10;
            if (bytes.Length < size) return false;
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
            if (length < 0) mistake = "A length has its highest bit set.";
            else if (length <= ushort.MaxValue) mistake = "A length is in more bytes than it takes.";
        }
        if (mistake is not null) return true;
        if (bytes.Length < size + sizeof(uint)) return false;
        head = new FrameHead(first, length, BinaryPrimitives.ReadUInt32LittleEndian(bytes[size..]));
        input = input.Slice(size + sizeof(uint));
        return true;
    }

    private static string? MistakeOf(byte first, byte second, bool allowsCompressed)
    {
        var opcode = first & 0x0f;
        if ((first & OtherReserved) != 0) return "A reserved bit is set.";
        if ((first & Reserved1) != 0 && !(allowsCompressed && opcode is (byte)Opcode.Text or (byte)Opcode.Binary)) return "A reserved bit is set.";
        if (opcode is (> (byte)Opcode.Binary and < (byte)Opcode.Close) or > (byte)Opcode.Pong) return "An opcode is reserved.";
        if ((second & Masked) == 0) return "A frame is not masked.";
        if (opcode < (byte)Opcode.Close) return null;
        if ((first & Final) == 0) return "A control frame is fragmented.";
        return (second & 0x7f) > MaxControlPayload ? "A control frame is longer than 125 bytes." : null;
    }
}
