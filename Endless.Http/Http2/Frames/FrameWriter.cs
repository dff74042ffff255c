using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Http2.Frames;

/// <summary>Frames on their way out, one behind the other in one pooled array. Not thread-safe.</summary>
internal sealed class FrameWriter
{
    private const int FirstSize = 4 * 1024;

    private byte[] _octets = [];
    private int _lastFrame = -1; // where the last frame begins, -1 for none

    /// <summary>Octets written and not cleared.</summary>
    public int Length { get; private set; }

    /// <summary>Those of them that are neither DATA nor of header sections.</summary>
    public int ControlLength { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _octets.AsMemory(0, Length);

    /// <summary>What is written goes nowhere.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>Starts over, and gives the array back: an idle connection holds none.</summary>
    public void Clear()
    {
        Length = ControlLength = 0;
        _lastFrame = -1;
        if (_octets.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = [];
    }

    /// <summary>Nothing follows what was written.</summary>
    public void Seal() => IsSealed = true;

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

    /// <summary>
    /// Marks the end of a stream on the frame written last, if that is a frame of this stream which can carry the mark: it saves an empty
    /// DATA frame where a response turns out to be complete after its last octets were written.
    /// </summary>
    public bool TryEndStream(int streamId)
    {
        if (_lastFrame < 0) return false;
        var octets = _octets.AsSpan(_lastFrame, FrameHeader.Size);
        var frame = FrameHeader.Read(octets);
        if (frame.StreamId != streamId || !(frame.Type == FrameType.Data || (frame.Type == FrameType.Headers && frame.EndHeaders))) return false;
        (frame with { Flags = frame.Flags | FrameFlags.EndStream }).Write(octets);
        return true;
    }

    private Span<byte> Begin(in FrameHeader header)
    {
        if (IsSealed) return new byte[header.Length];
        var span = Reserve(FrameHeader.Size + header.Length);
        header.Write(span);
        _lastFrame = Length;
        Length += FrameHeader.Size + header.Length;
        if (header.Type is not (FrameType.Data or FrameType.Headers or FrameType.Continuation)) ControlLength += FrameHeader.Size + header.Length;
        return span.Slice(FrameHeader.Size, header.Length);
    }

    private Span<byte> Reserve(int count)
    {
        if (_octets.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Math.Max(FirstSize, Length * 2)));
            Written.Span.CopyTo(larger);
            if (_octets.Length > 0) ArrayPool<byte>.Shared.Return(_octets);
            _octets = larger;
        }
        return _octets.AsSpan(Length);
    }
}
