using System.Buffers.Binary;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>Frames by chance: such as a client has a right to send, and any at all.</summary>
internal sealed class RandomFrames(Random random, ConnectionModel connection, Http2Client blocks)
{
    private static readonly (string, string)[] Faults =
    [
        ("X-Upper", "a"), ("connection", "close"), ("te", "gzip"), (":path", "/2"), (":unknown", "a"), ("x", "a\nb"), ("transfer-encoding", "chunked"), ("content-length", "+1"),
    ];

    private static readonly FrameType[] Types =
    [
        FrameType.Data, FrameType.Headers, FrameType.Priority, FrameType.RstStream, FrameType.Settings, FrameType.PushPromise, FrameType.Ping, FrameType.GoAway, FrameType.WindowUpdate,
        FrameType.Continuation, (FrameType)0xfa,
    ];

    /// <summary>A request on the next stream, or on one that is some way further on.</summary>
    public SentFrame Request(bool malformed = false)
    {
        var id = connection.Highest + (connection.Highest % 2 == 0 ? 1 : 2) + (random.Next(5) == 0 ? 2 * random.Next(3) : 0);
        var method = random.Next(5) switch { 0 => "HEAD", 1 => "GET", _ => "POST" };
        var endStream = method != "POST" || random.Next(4) == 0;
        var length = -1L;
        List<(string, string)> fields = [(":method", method), (":scheme", "http"), (":path", $"/{id}"), (":authority", "example.com")];
        if (!endStream && random.Next(2) == 0)
        {
            length = random.Next(4) == 0 ? random.Next(100_000) : random.Next(2_000);
            fields.Add(("content-length", $"{length}"));
        }
        if (random.Next(8) == 0) fields.Add(("expect", "100-continue"));
        if (malformed) Spoil(fields);
        return Headers(id, new SentSection([.. fields], malformed, length), endStream);
    }

    /// <summary>A GET on the next stream, for a handler that reads its query.</summary>
    public SentFrame Get(string query, bool endStream)
    {
        var id = connection.Highest + (connection.Highest % 2 == 0 ? 1 : 2);
        return Headers(id, new SentSection([(":method", "GET"), (":scheme", "http"), (":path", $"/{id}{query}"), (":authority", "example.com")], false, -1), endStream, isPlain: true);
    }

    /// <summary>A frame on an open stream that goes on with its request, or ends it; null if there is no such stream.</summary>
    public SentFrame? Upload()
    {
        StreamModel[] streams = [.. connection.Streams.Where(stream => stream.TakesFrames)];
        if (streams.Length == 0) return null;
        var stream = streams[random.Next(streams.Length)];
        var room = Math.Min(stream.Window, connection.Window);
        if (stream.Declared >= 0) room = Math.Min(room, stream.Declared - stream.Sent);
        var length = (int)Math.Clamp(random.Next(3) == 0 ? random.Next(16_000) : random.Next(200), 0, Math.Max(room, 0));
        var whole = stream.Declared < 0 || stream.Sent + length == stream.Declared;
        if (whole && length == 0 && random.Next(2) == 0) return Headers(stream.Id, new SentSection([("x-end", "1")], false, -1), endStream: true);
        return Data(stream, length, whole && random.Next(3) == 0, room);
    }

    /// <summary>Ends a request as it was declared, or by RST_STREAM.</summary>
    public SentFrame End(StreamModel stream)
    {
        var left = stream.Declared < 0 ? 0 : stream.Declared - stream.Sent;
        return stream.ServerEnded || left > Math.Min(Math.Min(stream.Window, connection.Window), 16_000) || random.Next(3) == 0
            ? Reset(stream.Id)
            : Data(stream, (int)left, endStream: true, room: left);
    }

    public SentFrame Reset(int id) => new(FrameType.RstStream, 0, id, Number((uint)ErrorCode.Cancel));

    /// <summary>RST_STREAM for a stream that was opened; null if none was.</summary>
    public SentFrame? Reset() => Known() is { } stream ? Reset(stream.Id) : null;

    public SentFrame WindowUpdate(int id, long increment) => new(FrameType.WindowUpdate, 0, id, Number((uint)increment));

    /// <summary>More window, of the connection or of a stream.</summary>
    public SentFrame WindowUpdate() => WindowUpdate(random.Next(3) > 0 && Known() is { } stream ? stream.Id : 0, 1 + (random.Next(3) == 0 ? random.Next(100_000) : random.Next(2_000)));

    /// <summary>Settings that there may be.</summary>
    public SentFrame Settings()
    {
        var settings = new List<Setting>();
        for (var count = random.Next(4); count > 0; count--)
        {
            settings.Add(random.Next(5) switch
            {
                0 => new(SettingId.MaxFrameSize, (uint)random.Next(16_384, 100_000)),
                1 => new(SettingId.HeaderTableSize, (uint)random.Next(5_000)),
                2 => new((SettingId)0x99, 7),
                _ => new(SettingId.InitialWindowSize, (uint)(random.Next(3) == 0 ? random.Next(200_000) : random.Next(2_000))),
            });
        }
        return Settings([.. settings]);
    }

    public SentFrame Ping()
    {
        var data = new byte[8];
        random.NextBytes(data);
        return new(FrameType.Ping, 0, 0, data);
    }

    public SentFrame Priority(int id) => new(FrameType.Priority, 0, id, [0, 0, 0, 0, 16]);

    public SentFrame GoAway() => new(FrameType.GoAway, 0, 0, new byte[8]);

    /// <summary>A header block in several frames.</summary>
    public SentFrame[] Split(SentFrame frame)
    {
        if (frame.Type != FrameType.Headers || frame.Has(FrameFlags.Padded | FrameFlags.Priority)) return [frame];
        var frames = new List<SentFrame>();
        for (var at = 0; ;)
        {
            var length = Math.Min(random.Next(60), frame.Payload.Length - at);
            var last = at + length == frame.Payload.Length ? FrameFlags.EndHeaders : 0;
            frames.Add(at == 0 && frames.Count == 0
                ? frame with { Flags = frame.Flags & ~FrameFlags.EndHeaders | last, Payload = frame.Payload[..length] }
                : new SentFrame(FrameType.Continuation, last, frame.StreamId, frame.Payload[at..(at + length)]));
            at += length;
            if (last != 0) return [.. frames];
        }
    }

    /// <summary>Any frame, on any stream.</summary>
    public SentFrame Any()
    {
        var id = random.Next(6) switch
        {
            0 => 0,
            1 => random.Next(connection.Highest + 6),
            _ => Known()?.Id ?? random.Next(4),
        };
        var type = Types[random.Next(Types.Length)];
        var flags = (FrameFlags)(random.Next(2) == 0 ? random.Next(2) : random.Next(256) & 0x2d);
        switch (type)
        {
            case FrameType.Headers:
                var isTrailers = random.Next(2) == 0;
                var section = isTrailers ? new SentSection([("x-end", "1")], false, -1) : new SentSection([(":method", "GET"), (":scheme", "http"), (":path", $"/{id}"), (":authority", "example.com")], false, -1);
                return random.Next(20) == 0 ? new(type, FrameFlags.EndHeaders, id, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) : Headers(id, section, random.Next(2) == 0);
            case FrameType.Data:
                var data = new byte[random.Next(4) == 0 ? random.Next(16_385) : random.Next(40)];
                data.AsSpan().Fill((byte)id);
                if (data.Length > 0 && (flags & FrameFlags.Padded) != 0) data[0] = (byte)random.Next(60);
                return new(type, flags, id, data);
            case FrameType.Settings when random.Next(3) == 0:
                return Settings(new Setting((SettingId)random.Next(1, 7), (uint)random.NextInt64(1L << random.Next(33))));
            default:
                var payload = new byte[random.Next(12) switch { 0 => random.Next(30), 1 => 16_385, _ => type switch { FrameType.Priority => 5, FrameType.Ping or FrameType.GoAway => 8, FrameType.Settings => 6, _ => 4 } }];
                if (random.Next(4) > 0) random.NextBytes(payload);
                if (payload.Length >= 4 && random.Next(3) == 0) BinaryPrimitives.WriteInt32BigEndian(payload, id);
                return new(type, flags, id, payload);
        }
    }

    private StreamModel? Known()
    {
        StreamModel[] streams = [.. connection.Streams.TakeLast(12)];
        return streams.Length == 0 ? null : streams[random.Next(streams.Length)];
    }

    private SentFrame Data(StreamModel stream, int length, bool endStream, long room)
    {
        var flags = endStream ? FrameFlags.EndStream : 0;
        var padding = random.Next(6) == 0 ? random.Next(20) : -1;
        if (length + padding + 1 > room) padding = -1;
        var payload = new byte[length + padding + 1];
        payload.AsSpan().Fill((byte)stream.Id);
        if (padding < 0) return new(FrameType.Data, flags, stream.Id, payload);
        payload[0] = (byte)padding;
        payload.AsSpan(1 + length).Clear();
        return new(FrameType.Data, flags | FrameFlags.Padded, stream.Id, payload);
    }

    private SentFrame Headers(int id, SentSection section, bool endStream, bool isPlain = false)
    {
        var flags = FrameFlags.EndHeaders | (endStream ? FrameFlags.EndStream : 0);
        var block = blocks.Block(section.Fields);
        if (!isPlain && random.Next(8) == 0)
        {
            flags |= FrameFlags.Priority;
            block = [0, 0, 0, (byte)random.Next(8), 16, .. block];
        }
        if (random.Next(8) == 0)
        {
            flags |= FrameFlags.Padded;
            block = [3, .. block, 0, 0, 0];
        }
        return new(FrameType.Headers, flags, id, block, section);
    }

    private void Spoil(List<(string, string)> fields)
    {
        var fault = random.Next(Faults.Length + 2);
        if (fault < Faults.Length) fields.Add(Faults[fault]);
        else fields.RemoveAt(fault - Faults.Length);
    }

    private static SentFrame Settings(params Setting[] settings)
    {
        var payload = new byte[settings.Length * Setting.Size];
        for (var i = 0; i < settings.Length; i++) settings[i].Write(payload.AsSpan(i * Setting.Size));
        return new(FrameType.Settings, 0, 0, payload);
    }

    private static byte[] Number(uint number)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, number);
        return octets;
    }
}
