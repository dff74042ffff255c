namespace Endless.Http.Http2.Frames;

/// <summary>The flags of RFC 9113 section 6. Which of them means something depends on the frame's type; the others are ignored (section 4.1).</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>On DATA and HEADERS: the sender's last frame of the stream, but for CONTINUATION.</summary>
    EndStream = 0x1,

    /// <summary>On SETTINGS and PING: an acknowledgement. The same bit as <see cref="EndStream"/>.</summary>
    Ack = 0x1,

    /// <summary>On HEADERS and CONTINUATION: no CONTINUATION follows.</summary>
    EndHeaders = 0x4,

    /// <summary>On DATA and HEADERS: padded.</summary>
    Padded = 0x8,

    /// <summary>On HEADERS: carries the deprecated priority fields.</summary>
    Priority = 0x20,
}
