namespace Endless.Http.Http2.Frames;

/// <summary>What can be said against a frame by its header alone, whatever the state of its stream (RFC 9113 sections 4.2 and 6).</summary>
internal static class FrameRules
{
    /// <summary>Checks a frame's size and the kind of its stream identifier.</summary>
    public static Http2Error Check(in FrameHeader frame, int maxFrameSize)
    {
        // For some types a stream error would do (section 4.2), but then up to 16 MiB of payload would have to be read past.
        if (frame.Length > maxFrameSize) return FrameSize("A frame is larger than SETTINGS_MAX_FRAME_SIZE.");
        return frame.Type switch
        {
            FrameType.Data or FrameType.Headers or FrameType.Continuation or FrameType.Priority => CheckOnStream(frame),
            FrameType.RstStream => CheckRstStream(frame),
            FrameType.Settings => CheckSettings(frame),
            FrameType.PushPromise => Protocol("A client sent PUSH_PROMISE."),
            FrameType.Ping => CheckPing(frame),
            FrameType.GoAway => CheckGoAway(frame),
            FrameType.WindowUpdate => frame.Length == 4 ? default : FrameSize("WINDOW_UPDATE is not of 4 octets."),
            _ => default,
        };
    }

    private static Http2Error CheckOnStream(in FrameHeader frame) => frame.StreamId == 0 ? NotOnStream : default;

    private static Http2Error CheckRstStream(in FrameHeader frame)
    {
        if (frame.StreamId == 0) return NotOnStream;
        return frame.Length == 4 ? default : FrameSize("RST_STREAM is not of 4 octets.");
    }

    private static Http2Error CheckSettings(in FrameHeader frame)
    {
        if (frame.StreamId != 0) return NotOnConnection;
        if (frame.Ack && frame.Length != 0) return FrameSize("An acknowledgement of SETTINGS is not empty.");
        return frame.Length % Setting.Size == 0 ? default : FrameSize("SETTINGS is not of whole settings.");
    }

    private static Http2Error CheckPing(in FrameHeader frame)
    {
        if (frame.StreamId != 0) return NotOnConnection;
        return frame.Length == 8 ? default : FrameSize("PING is not of 8 octets.");
    }

    private static Http2Error CheckGoAway(in FrameHeader frame)
    {
        if (frame.StreamId != 0) return NotOnConnection;
        return frame.Length >= 8 ? default : FrameSize("GOAWAY is shorter than 8 octets.");
    }

    private static Http2Error NotOnStream => Protocol("A frame that belongs to a stream came on stream 0.");

    private static Http2Error NotOnConnection => Protocol("A frame that belongs to the connection came on a stream.");

    private static Http2Error Protocol(string reason) => Http2Error.Connection(ErrorCode.ProtocolError, reason);

    private static Http2Error FrameSize(string reason) => Http2Error.Connection(ErrorCode.FrameSizeError, reason);
}
