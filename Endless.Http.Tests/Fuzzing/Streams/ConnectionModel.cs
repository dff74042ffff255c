using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>A connection as its client sees it: streams, windows and what the server still owes.</summary>
internal sealed class ConnectionModel
{
    /// <summary>Of the client's DATA on a new stream: the server announces none of its own (RFC 9113 section 6.9.2).</summary>
    public const int InitialWindow = 65_535;

    /// <summary>The server's SETTINGS_MAX_CONCURRENT_STREAMS.</summary>
    public const int MaxStreams = 250;

    private readonly SortedDictionary<int, StreamModel> _streams = [];

    /// <summary>SETTINGS sent and not acknowledged.</summary>
    public Queue<SentFrame> Unacknowledged { get; } = new();

    /// <summary>PING sent and not answered.</summary>
    public Queue<byte[]> Pings { get; } = new();

    /// <summary>Octets of DATA that the client may send; the server opens it in its preface.</summary>
    public long Window { get; set; } = InitialWindow;

    /// <summary>Octets of DATA that the server may send.</summary>
    public long SendWindow { get; set; } = InitialWindow;

    /// <summary>The client's SETTINGS_INITIAL_WINDOW_SIZE, once acknowledged.</summary>
    public long InitialSendWindow { get; private set; } = InitialWindow;

    /// <summary>The client's SETTINGS_MAX_FRAME_SIZE, once acknowledged.</summary>
    public int MaxFrameSize { get; private set; } = FrameHeader.DefaultMaxFrameSize;

    /// <summary>The highest stream that the client has opened.</summary>
    public int Highest { get; private set; }

    /// <summary>The last stream that the server serves, by its GOAWAY.</summary>
    public int LastServed { get; set; } = int.MaxValue;

    /// <summary>The server was given a reason to leave: GOAWAY with NO_ERROR may come.</summary>
    public bool MayLeave { get; set; }

    /// <summary>The server's GOAWAY has named the last stream: the connection ends with the last of them.</summary>
    public bool IsLeaving => LastServed < int.MaxValue;

    /// <summary>Several frames go out before anything is read: what the server says to the first ones may cross the last.</summary>
    public bool IsCrossing { get; set; }

    /// <summary>The client sends nothing any more: what waits for its frames is over.</summary>
    public bool IsHalfClosed { get; set; }

    /// <summary>Milliseconds that have passed.</summary>
    public long Now { get; set; }

    public IEnumerable<StreamModel> Streams => _streams.Values;

    public StreamModel? Find(int id) => _streams.GetValueOrDefault(id);

    /// <summary>Even identifiers are the server's, which opens none.</summary>
    public bool IsIdle(int id) => id > Highest || (id & 1) == 0;

    public IEnumerable<StreamModel> Open() => _streams.Values.Where(stream => !stream.IsClosed);

    /// <summary>The client lets no DATA come on a stream.</summary>
    public bool IsShut(StreamModel stream) => Math.Min(stream.SendWindow, SendWindow) <= 0;

    public void Open(StreamModel stream)
    {
        Highest = stream.Id;
        stream.ServedAt = Now;
        _streams.Add(stream.Id, stream);
    }

    /// <summary>A frame other than DATA and of header sections was sent, and is right.</summary>
    public void ApplyOther(SentFrame frame)
    {
        switch (frame.Type)
        {
            case FrameType.RstStream when Find(frame.StreamId) is { } stream:
                stream.ResetByClient = true;
                break;
            case FrameType.Settings when !frame.Has(FrameFlags.Ack):
                Unacknowledged.Enqueue(frame);
                break;
            case FrameType.Ping when !frame.Has(FrameFlags.Ack):
                Pings.Enqueue(frame.Payload);
                break;
            case FrameType.GoAway:
                MayLeave = true;
                break;
            case FrameType.WindowUpdate when frame.StreamId == 0:
                SendWindow += frame.First;
                break;
            case FrameType.WindowUpdate when Find(frame.StreamId) is { } stream:
                stream.SendWindow += frame.First;
                break;
        }
    }

    /// <summary>The server has acknowledged the oldest SETTINGS: from now on they hold.</summary>
    public void ApplySettings()
    {
        var frame = Unacknowledged.Dequeue();
        var by = WindowAfter(frame) - InitialSendWindow;
        foreach (var stream in _streams.Values) stream.SendWindow += by;
        InitialSendWindow += by;
        foreach (var setting in Settings(frame))
            if (setting.Id == SettingId.MaxFrameSize) MaxFrameSize = (int)setting.Value;
    }

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE once a frame holds.</summary>
    public long WindowAfter(SentFrame frame) =>
        Settings(frame).Where(setting => setting.Id == SettingId.InitialWindowSize).Select(setting => (long)setting.Value).LastOrDefault(InitialSendWindow);

    public static List<Setting> Settings(SentFrame frame)
    {
        var settings = new List<Setting>();
        var payload = new ReadOnlySequence<byte>(frame.Payload);
        while (payload.Length >= Setting.Size) settings.Add(Setting.Take(ref payload));
        return settings;
    }
}
