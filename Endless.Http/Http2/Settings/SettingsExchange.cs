using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>Both sides' SETTINGS (RFC 9113 section 6.5): says the server's, takes over the client's. Guarded by the connection's gate.</summary>
internal sealed class SettingsExchange(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender)
{
    private bool _isAcked;

    /// <summary>The client's first SETTINGS came: its preface is complete (section 3.4).</summary>
    public bool HasSettings { get; private set; }

    /// <summary>The server's preface (section 3.4), which need not wait for the client's.</summary>
    public void Open()
    {
        parts.Output.Frames.WriteSettings(
            new Setting(SettingId.MaxConcurrentStreams, Http2Limits.MaxConcurrentStreams),
            new Setting(SettingId.MaxHeaderListSize, (uint)parts.Context.Limits.MaxHeaderBytes));
        parts.Account.Open();
    }

    /// <summary>SETTINGS came.</summary>
    public Http2Error Receive(in FrameHeader frame, ReadOnlySequence<byte> payload)
    {
        if (frame.Ack)
        {
            if (_isAcked) return Http2Error.Protocol("An acknowledgement of SETTINGS that were not sent.");
            _isAcked = true;
            return default;
        }
        HasSettings = true;
        if (Apply(payload) is { IsError: true } error) return error;
        // Before anything that the new values allow (section 6.5.3): a client that has not seen the acknowledgement holds a frame to the old ones, and Node's resets the stream.
        parts.Output.Frames.WriteSettingsAck();
        sender.Pump();
        return default;
    }

    /// <summary>Takes over settings in the order in which they stand (section 6.5.3). Sends nothing that they allow.</summary>
    public Http2Error Apply(ReadOnlySequence<byte> payload)
    {
        var peer = parts.Peer;
        var window = peer.InitialWindowSize;
        while (!payload.IsEmpty)
        {
            if (peer.Apply(Setting.Take(ref payload)) is { IsError: true } error) return error;
            sender.Encoder.SetPeerTableSize(peer.HeaderTableSize);
        }
        // Once, by the last of them: nothing is sent in between, and 2,730 changes in a frame, each of 250 windows, took 18 ms for one token.
        return TryMoveWindows(peer.InitialWindowSize - window)
            ? default
            : Http2Error.Connection(ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE lifts a stream's window above 2^31-1.");
    }

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE changed: so do the windows of open streams (section 6.9.2). False if one exceeds 2^31-1.</summary>
    private bool TryMoveWindows(int by)
    {
        if (by == 0) return true;
        foreach (var stream in streams.Open)
            if (!sender.TryMoveWindow(stream, by)) return false;
        return true;
    }
}
