using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>The client's settings, with their initial values (RFC 9113 section 6.5.2).</summary>
internal sealed class PeerSettings
{
    /// <summary>What the client's HPACK decoder keeps.</summary>
    public uint HeaderTableSize { get; private set; } = 4096;

    /// <summary>What the server may send on a new stream.</summary>
    public int InitialWindowSize { get; private set; } = 65_535;

    /// <summary>The largest payload to send: what the client takes, and at most <see cref="Http2Limits.MaxSentFrameSize"/>.</summary>
    public int MaxFrameSize { get; private set; } = FrameHeader.DefaultMaxFrameSize;

    /// <summary>Takes over one setting; unknown ones are ignored, and those about server push and client-side limits do not matter here.</summary>
    public Http2Error Apply(Setting setting)
    {
        switch (setting.Id)
        {
            case SettingId.HeaderTableSize:
                HeaderTableSize = setting.Value;
                break;
            case SettingId.EnablePush when setting.Value > 1:
                return Http2Error.Connection(ErrorCode.ProtocolError, "SETTINGS_ENABLE_PUSH is neither 0 nor 1.");
            case SettingId.InitialWindowSize when setting.Value > int.MaxValue:
                return Http2Error.Connection(ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1.");
            case SettingId.InitialWindowSize:
                InitialWindowSize = (int)setting.Value;
                break;
            case SettingId.MaxFrameSize when setting.Value is < FrameHeader.DefaultMaxFrameSize or > 0xffffff:
                return Http2Error.Connection(ErrorCode.ProtocolError, "SETTINGS_MAX_FRAME_SIZE is not between 2^14 and 2^24-1.");
            case SettingId.MaxFrameSize:
                MaxFrameSize = Math.Min((int)setting.Value, Http2Limits.MaxSentFrameSize);
                break;
            case SettingId.EnableConnectProtocol when setting.Value > 1:
                return Http2Error.Connection(ErrorCode.ProtocolError, "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1.");
        }
        return default;
    }
}
