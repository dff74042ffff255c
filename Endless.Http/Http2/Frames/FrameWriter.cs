using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Http2.Frames;

/// <summary>Frames on their way out, one behind the other in one pooled array. Not thread-safe.</summary>
internal sealed class FrameWriter
{
    private const int FirstSize = 4 * 1024;

    private byte[] _octets = [];

    /// <summary>Octets written and not cleared.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _octets.AsMemory(0, Length);

    /// <summary>Starts over, and gives the array back: an idle connection holds none.</summary>
    public void Clear()
    {
        Length = 0;
        if (_octets.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = [];
    }

    /// <summary>SETTINGS (RFC 9113 section 6.5).</summary>
    public void WriteSettings(params ReadOnlySpan<Setting> settings)
    {
        var payload = Begin(new FrameHeader(settings.Length * Setting.Size, FrameType.Settings, FrameFlags.None, 0));
        for (var i = 0; i < settings.Length; i++) settings[i].Write(payload[(i * Setting.Size)..]);
    }

    /// <summary>The acknowledgement of the peer's SETTINGS.</summary>
    public void WriteSettingsAck() => Begin(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0));

    /// <summary>PING (RFC 9113 section 6.7).</summary>
    public void WritePing(ulong data, bool ack = false)
    {
        var payload = Begin(new FrameHeader(8, FrameType.Ping, ack ? FrameFlags.Ack : FrameFlags.None, 0));
        BinaryPrimitives.WriteUInt64BigEndian(payload, data);
    }

    /// <summary>GOAWAY (RFC 9113 section 6.8), with an ASCII text for whoever debugs the peer.</summary>
    public void WriteGoAway(int lastStreamId, ErrorCode code, string debugData = "")
    {
        var payload = Begin(new FrameHeader(8 + debugData.Length, FrameType.GoAway, FrameFlags.None, 0));
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
        Encoding.ASCII.GetBytes(debugData, payload[8..]);
    }

    /// <summary>RST_STREAM (RFC 9113 section 6.4).</summary>
    public void WriteRstStream(int streamId, ErrorCode code)
    {
        var payload = Begin(new FrameHeader(4, FrameType.RstStream, FrameFlags.None, streamId));
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)code);
    }

    /// <summary>WINDOW_UPDATE (RFC 9113 section 6.9); stream 0 is the connection.</summary>
    public void WriteWindowUpdate(int streamId, int increment)
    {
        var payload = Begin(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, streamId));
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
    }

    /// <summary>HEADERS, and CONTINUATION where the block is larger than a frame may be (RFC 9113 section 4.3).</summary>
    public void WriteHeaders(int streamId, ReadOnlySpan<byte> block, bool endStream, int maxFrameSize = FrameHeader.DefaultMaxFrameSize)
    {
        var type = FrameType.Headers;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        while (block.Length > maxFrameSize)
        {
            WriteFrame(type, flags, streamId, block[..maxFrameSize]);
            block = block[maxFrameSize..];
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
        WriteFrame(type, flags | FrameFlags.EndHeaders, streamId, block);
    }

    /// <summary>DATA (RFC 9113 section 6.1), within the peer's frame size and windows.</summary>
    public void WriteData(int streamId, ReadOnlySpan<byte> data, bool endStream) =>
        WriteFrame(FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId, data);

    /// <summary>Any frame.</summary>
    public void WriteFrame(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload) =>
        payload.CopyTo(Begin(new FrameHeader(payload.Length, type, flags, streamId)));

    /// <summary>Octets that are not a frame.</summary>
    public void WriteRaw(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Reserve(octets.Length));
        Length += octets.Length;
    }

    private Span<byte> Begin(in FrameHeader header)
    {
        var span = Reserve(FrameHeader.Size + header.Length);
        header.Write(span);
        Length += FrameHeader.Size + header.Length;
        return span.Slice(FrameHeader.Size, header.Length);
    }

    private Span<byte> Reserve(int count)
    {
        if (_octets.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Math.Max(FirstSize, Length * 2)));
            Written.Span.CopyTo(larger);
            var length = Length;
            Clear();
            _octets = larger;
            Length = length;
        }
        return _octets.AsSpan(Length);
    }
}
