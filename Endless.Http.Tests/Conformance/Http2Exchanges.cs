using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Conformance;

/// <summary>What a client may do and a server must take, by section of RFC 9113 or RFC 7541.</summary>
internal static class Http2Exchanges
{
    private static readonly (string, string)[] LongField = [("x-long", new string('x', 5_000))];

    public static IReadOnlyDictionary<string, Func<Http2Client, Task>> All { get; } = new Dictionary<string, Func<Http2Client, Task>>
    {
        // 3.4 Preface
        ["3.4 the server's first frame is SETTINGS"] = async c =>
        {
            await c.SendAsync(Preface.Octets.ToArray());
            c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 65_535));
            await c.SendAsync();
            var first = await c.ReadAsync();
            Assert.Equal((FrameType.Settings, FrameFlags.None), (first.Type, first.Header.Flags));
        },

        // 4.1 Frames
        ["4.1 a frame of an unknown type"] = Open(c => c.Frames.WriteFrame((FrameType)0x16, 0, 0, new byte[8])),
        ["4.1 a frame with undefined flags"] = Open(c => c.Frames.WriteFrame(FrameType.Ping, (FrameFlags)0x16, 0, new byte[8])),
        ["4.1 a frame with the reserved bit"] = Open(c => c.Frames.WriteFrame(FrameType.Ping, 0, int.MinValue, new byte[8])),
        ["4.2 DATA of 2^14 octets"] = Answered(c => { Post(c); c.Frames.WriteData(1, new byte[16_384], endStream: true); }),
        ["5.5 an unknown extension frame before a request"] = Answered(c => { c.Frames.WriteFrame((FrameType)0xff, 0, 0, "unknown"u8); c.Request(1); }),

        // 5.1 Streams
        ["5.1 PRIORITY on an idle stream"] = Open(c => Priority(c, 1, 0)),
        ["5.1 WINDOW_UPDATE on a half-closed (remote) stream"] = Windowed(0, async c =>
        {
            c.Request(1);
            c.Frames.WriteWindowUpdate(1, 1);
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),
        ["5.1 PRIORITY on a half-closed (remote) stream"] = Windowed(0, async c =>
        {
            c.Request(1);
            Priority(c, 1, 0);
            c.Frames.WriteWindowUpdate(1, 1);
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),
        ["5.1 RST_STREAM on a half-closed (remote) stream"] = Open(c => { c.Request(1); c.Frames.WriteRstStream(1, ErrorCode.Cancel); }),
        ["5.1 RST_STREAM on an open stream"] = Open(c => { Post(c); c.Frames.WriteRstStream(1, ErrorCode.Cancel); }),
        ["5.1 PRIORITY on a closed stream"] = Begun(async c =>
        {
            c.Request(1);
            await c.AnsweredAsync();
            Priority(c, 1, 3);
            await c.BorneWithAsync();
        }),

        // 6.1 to 6.3 DATA, HEADERS, PRIORITY
        ["6.1 DATA"] = Answered(c => { Post(c); c.Frames.WriteData(1, "test"u8, endStream: true); }),
        ["6.1 DATA in several frames"] = Answered(c => { Post(c); c.Frames.WriteData(1, "te"u8, endStream: false); c.Frames.WriteData(1, "st"u8, endStream: true); }),
        ["6.1 DATA with padding"] = Answered(c => { Post(c); c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [5, .. "test"u8, 0, 0, 0, 0, 0]); }),
        ["6.2 HEADERS"] = Answered(c => c.Request(1)),
        ["6.2 HEADERS with padding"] = Answered(c => Headers(c, FrameFlags.Padded, [5, .. c.Block(), 0, 0, 0, 0, 0])),
        ["6.2 HEADERS with priority"] = Answered(c => Headers(c, FrameFlags.Priority, [0, 0, 0, 0, 255, .. c.Block()])),
        ["6.3 PRIORITY of weight 1"] = Answered(c => { Priority(c, 1, 0, weight: 0); c.Request(1); }),
        ["6.3 PRIORITY of weight 256"] = Answered(c => { Priority(c, 1, 0, weight: 255); c.Request(1); }),
        ["6.3 PRIORITY with a dependency"] = Answered(c => { Priority(c, 3, 1); c.Request(1); }),
        ["6.3 PRIORITY that is exclusive"] = Answered(c => { Priority(c, 1, int.MinValue); c.Request(1); }),
        ["6.3 PRIORITY on an idle stream does not close those below"] = Answered(c => { Priority(c, 3, 1); c.Request(1); }),

        // 6.5 SETTINGS
        ["6.5 every setting"] = Begun(c => c.BorneWithAsync(),
            new(SettingId.HeaderTableSize, 4_096), new(SettingId.EnablePush, 0), new(SettingId.MaxConcurrentStreams, 100),
            new(SettingId.InitialWindowSize, 65_535), new(SettingId.MaxFrameSize, 16_384), new(SettingId.MaxHeaderListSize, 100)),
        ["6.5.2 an unknown setting"] = Begun(c => c.BorneWithAsync(), new Setting((SettingId)0xff, 1)),
        ["6.5.3 the last of several values holds"] = Begun(async c =>
        {
            c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 100), new Setting(SettingId.InitialWindowSize, 1));
            c.Request(1);
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),
        ["6.5.3 SETTINGS are acknowledged"] = Begun(async c =>
        {
            c.Frames.WriteSettings();
            Assert.True((await c.ReceivedAsync(FrameType.Settings)).Header.Ack);
        }),

        // 6.7 to 6.9 PING, GOAWAY, WINDOW_UPDATE
        ["6.7 PING is acknowledged"] = Open(_ => { }),
        ["6.7 an acknowledgement of PING is not"] = Begun(async c =>
        {
            c.Frames.WritePing(0xdead, ack: true);
            c.Frames.WritePing(0xbeef);
            Assert.Equal("000000000000BEEF", Convert.ToHexString((await c.ReceivedAsync(FrameType.Ping)).Payload));
        }),
        ["6.8 GOAWAY"] = Begun(async c =>
        {
            c.Frames.WriteGoAway(0, ErrorCode.NoError, "leaving");
            await c.SendAsync();
            await c.ExpectEndAsync();
        }),
        ["6.9 WINDOW_UPDATE on the connection"] = Open(c => c.Frames.WriteWindowUpdate(0, 1)),
        ["6.9 WINDOW_UPDATE on a stream"] = Answered(c => { c.Request(1); c.Frames.WriteWindowUpdate(1, 1); }),
        ["6.9.1 a window of 1 lets one octet out"] = Windowed(1, async c =>
        {
            c.Request(1);
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),
        ["6.9.2 a window that opens with SETTINGS"] = Windowed(0, async c =>
        {
            c.Request(1);
            await c.ReceivedAsync(FrameType.Headers);
            c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1));
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),
        ["6.9.2 a window that becomes negative"] = Windowed(3, async c =>
        {
            c.Request(1);
            Assert.Equal(3, (await c.ReceivedAsync(FrameType.Data)).Payload.Length);
            c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 2)); // the window is at -1
            Assert.True((await c.ReceivedAsync(FrameType.Settings)).Header.Ack);
            c.Frames.WriteWindowUpdate(1, 2);
            Assert.Single((await c.ReceivedAsync(FrameType.Data)).Payload);
        }),

        // 6.10 CONTINUATION
        ["6.10 CONTINUATION"] = Answered(c => c.Frames.WriteHeaders(1, c.Block("GET", "/", LongField), endStream: true, maxFrameSize: 4_000)),
        ["6.10 CONTINUATION, several"] = Answered(c => c.Frames.WriteHeaders(1, c.Block("GET", "/", LongField), endStream: true, maxFrameSize: 1_000)),
        ["6.10 CONTINUATION of few octets"] = Answered(c => c.Frames.WriteHeaders(1, c.Block(), endStream: true, maxFrameSize: 20)),

        // 7 Error codes
        ["7 GOAWAY with an unknown code"] = Begun(async c =>
        {
            c.Frames.WriteGoAway(0, (ErrorCode)0xff);
            await c.SendAsync();
            await c.ExpectEndAsync();
        }),
        ["7 RST_STREAM with an unknown code"] = Open(c => { Post(c); c.Frames.WriteRstStream(1, (ErrorCode)0xff); }),

        // 8.1 Messages
        ["8.1 GET"] = Answered(c => c.Request(1)),
        ["8.1 HEAD"] = Answered(c => c.Request(1, "HEAD")),
        ["8.1 POST"] = Answered(c => { Post(c, "/echo"); c.Frames.WriteData(1, "test"u8, endStream: true); }),
        ["8.1 POST with trailers"] = Answered(c =>
        {
            Post(c, "/echo");
            c.Frames.WriteData(1, "test"u8, endStream: false);
            c.Frames.WriteHeaders(1, c.Block([("x-test", "ok")]), endStream: true);
        }),
        ["8.1 POST with trailers to a handler that does not read"] = Answered(c =>
        {
            Post(c);
            c.Frames.WriteData(1, "test"u8, endStream: false);
            c.Frames.WriteHeaders(1, c.Block([("x-test", "ok")]), endStream: true);
        }),

        // RFC 7541 section 6: the indexed name is user-agent (58), the new one x-a, the value abc
        ["HPACK 6.1 indexed"] = Represented("90"), // accept-encoding: gzip, deflate
        ["HPACK 6.2.1 incremental, indexed name"] = Represented("7a" + "03616263"),
        ["HPACK 6.2.1 incremental, indexed name, Huffman"] = Represented("7a" + "821c64"),
        ["HPACK 6.2.1 incremental, new name"] = Represented("40" + "03782d61" + "03616263"),
        ["HPACK 6.2.1 incremental, new name, Huffman"] = Represented("40" + "83f2b0ff" + "821c64"),
        ["HPACK 6.2.2 without indexing, indexed name"] = Represented("0f2b" + "03616263"),
        ["HPACK 6.2.2 without indexing, indexed name, Huffman"] = Represented("0f2b" + "821c64"),
        ["HPACK 6.2.2 without indexing, new name"] = Represented("00" + "03782d61" + "03616263"),
        ["HPACK 6.2.2 without indexing, new name, Huffman"] = Represented("00" + "83f2b0ff" + "821c64"),
        ["HPACK 6.2.3 never indexed, indexed name"] = Represented("1f2b" + "03616263"),
        ["HPACK 6.2.3 never indexed, indexed name, Huffman"] = Represented("1f2b" + "821c64"),
        ["HPACK 6.2.3 never indexed, new name"] = Represented("10" + "03782d61" + "03616263"),
        ["HPACK 6.2.3 never indexed, new name, Huffman"] = Represented("10" + "83f2b0ff" + "821c64"),
        ["HPACK 6.3 a size update"] = Answered(c => Headers(c, 0, [0x3f, 0x61, .. c.Block()])),
        ["HPACK 6.3 several size updates"] = Answered(c => Headers(c, 0, [0x20, 0x3f, 0x61, .. c.Block()])),
    };

    /// <summary>After preface and settings.</summary>
    internal static Func<Http2Client, Task> Begun(Func<Http2Client, Task> run, params Setting[] settings) => async client =>
    {
        await client.HandshakeAsync(settings);
        await run(client);
    };

    internal static void Post(Http2Client client, string path = "/") => client.Request(1, "POST", path, endStream: false);

    internal static void Priority(Http2Client client, int streamId, int dependency, byte weight = 15) =>
        client.Frames.WriteFrame(FrameType.Priority, 0, streamId, [(byte)(dependency >> 24), (byte)(dependency >> 16), (byte)(dependency >> 8), (byte)dependency, weight]);

    private static void Headers(Http2Client client, FrameFlags flags, byte[] payload) =>
        client.Frames.WriteFrame(FrameType.Headers, flags | FrameFlags.EndHeaders | FrameFlags.EndStream, 1, payload);

    private static Func<Http2Client, Task> Answered(Action<Http2Client> write) => Begun(client =>
    {
        write(client);
        return client.AnsweredAsync();
    });

    private static Func<Http2Client, Task> Open(Action<Http2Client> write) => Begun(client =>
    {
        write(client);
        return client.BorneWithAsync();
    });

    private static Func<Http2Client, Task> Windowed(uint window, Func<Http2Client, Task> run) => Begun(run, new Setting(SettingId.InitialWindowSize, window));

    private static Func<Http2Client, Task> Represented(string hex) => Answered(c => Headers(c, 0, [.. c.Block(), .. Convert.FromHexString(hex)]));
}
