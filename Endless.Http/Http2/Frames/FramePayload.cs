using System.Buffers;
using System.Buffers.Binary;

namespace Endless.Http.Http2.Frames;

/// <summary>Reads what frames carry besides data and header blocks.</summary>
internal static class FramePayload
{
    /// <summary>Takes the padding off DATA (RFC 9113 section 6.1).</summary>
    public static Http2Error Unpad(in FrameHeader frame, ref ReadOnlySequence<byte> payload)
    {
        if ((frame.Flags & FrameFlags.Padded) == 0) return default;
        if (payload.IsEmpty) return Http2Error.Connection(ErrorCode.FrameSizeError, "A padded frame has no pad length.");
        int padding = payload.FirstSpan[0];
        payload = payload.Slice(1);
        if (padding > payload.Length) return Http2Error.Connection(ErrorCode.ProtocolError, "Padding is longer than its frame.");
        payload = payload.Slice(0, payload.Length - padding);
        return default;
    }

    /// <summary>Takes padding and priority fields off HEADERS, leaving the fragment of the header block (RFC 9113 section 6.2).</summary>
    /// <param name="frame">The frame's header.</param>
    /// <param name="payload">The payload, then the fragment.</param>
    /// <param name="dependency">The stream this one depends on, 0 if not given.</param>
    public static Http2Error OpenHeaders(in FrameHeader frame, ref ReadOnlySequence<byte> payload, out int dependency)
    {
        dependency = 0;
        var error = Unpad(frame, ref payload);
        if (error.IsError || (frame.Flags & FrameFlags.Priority) == 0) return error;
        if (payload.Length < 5) return Http2Error.Connection(ErrorCode.FrameSizeError, "HEADERS is too short for its priority fields.");
        dependency = ReadInt31(payload);
        payload = payload.Slice(5);
        return default;
    }

    /// <summary>The first four octets, without the reserved bit: WINDOW_UPDATE's increment, PRIORITY's dependency, GOAWAY's last stream.</summary>
    public static int ReadInt31(in ReadOnlySequence<byte> payload)
    {
        Span<byte> octets = stackalloc byte[4];
        payload.Slice(0, 4).CopyTo(octets);
        return BinaryPrimitives.ReadInt32BigEndian(octets) & int.MaxValue;
    }

    /// <summary>The eight octets of PING.</summary>
    public static ulong ReadPing(in ReadOnlySequence<byte> payload)
    {
        Span<byte> octets = stackalloc byte[8];
        payload.CopyTo(octets);
        return BinaryPrimitives.ReadUInt64BigEndian(octets);
    }
}
