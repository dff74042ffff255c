using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Endless.Http.Http1;

namespace Endless.Http.Channels;

/// <summary>Puts the fields of a message behind each other, with room for the header before them.</summary>
internal sealed class PayloadWriter
{
    private const int MaxReasonBytes = 4096;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    internal PayloadWriter() => _bytes.Advance(ControlCodec.HeaderBytes);

    /// <summary>How long it is by now.</summary>
    internal int PayloadBytes => _bytes.WrittenCount - ControlCodec.HeaderBytes;

    internal void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    internal void Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    internal void LongNumber(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    /// <summary>Words, cut where they are too many.</summary>
    internal void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Bytes(bytes.AsSpan(0, Math.Min(bytes.Length, MaxReasonBytes)));
    }

    /// <summary>Bytes after their number.</summary>
    internal void Counted(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        Bytes(bytes);
    }

    /// <summary>All of it, behind its header.</summary>
    internal byte[] ToFrame(ushort type)
    {
        var frame = _bytes.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - ControlCodec.HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), type);
        return frame;
    }
}
