using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Conformance;

/// <summary>Frames and header blocks that a server must refuse, by section of RFC 9113 or RFC 7541, each with what it may do about them.</summary>
internal static class Http2Violations
{
    private static readonly byte[] Ping = new byte[8];

    public static IReadOnlyDictionary<string, Func<Http2Client, Task>> All { get; } = new Dictionary<string, Func<Http2Client, Task>>
    {
        // 3.4 Preface
        ["3.4 PING in place of SETTINGS"] = async c =>
        {
            await c.SendAsync(Preface.Octets.ToArray());
            c.Frames.WritePing(1);
            await c.ConnectionErrorAsync(ErrorCode.ProtocolError);
        },

        // 4.2 Frame size, 4.3 header blocks
        ["4.2 DATA above SETTINGS_MAX_FRAME_SIZE"] = Stream(c => { Post(c); c.Frames.WriteFrame(FrameType.Data, FrameFlags.EndStream, 1, new byte[16_385]); }, ErrorCode.FrameSizeError),
        ["4.2 HEADERS above SETTINGS_MAX_FRAME_SIZE"] = Connection(c => Headers(c, 1, 0, c.Block("GET", "/", ("x-long", new string('x', 16_384)))), ErrorCode.FrameSizeError),
        ["4.3 a block that cannot be decoded"] = Connection(c => Headers(c, 1, 0, [0x40]), ErrorCode.CompressionError),
        ["4.3 PRIORITY within a block"] = Connection(c => { Begin(c); Http2Exchanges.Priority(c, 1, 0); Continue(c, 1); }, ErrorCode.ProtocolError),
        ["4.3 HEADERS of another stream within a block"] = Connection(c => { Begin(c); Headers(c, 3, 0, c.Block()); Continue(c, 1); }, ErrorCode.ProtocolError),
        ["5.5 an unknown frame within a block"] = Connection(c => { Begin(c); c.Frames.WriteFrame((FrameType)0xff, 0, 0, Ping); Continue(c, 1); }, ErrorCode.ProtocolError),

        // 5.1 Idle
        ["5.1 DATA on an idle stream"] = Stream(c => c.Frames.WriteData(1, "test"u8, true), ErrorCode.ProtocolError, ErrorCode.StreamClosed),
        ["5.1 RST_STREAM on an idle stream"] = Connection(c => c.Frames.WriteRstStream(1, ErrorCode.Cancel), ErrorCode.ProtocolError),
        ["5.1 WINDOW_UPDATE on an idle stream"] = Connection(c => c.Frames.WriteWindowUpdate(1, 100), ErrorCode.ProtocolError),
        ["5.1 CONTINUATION on an idle stream"] = Connection(c => Continue(c, 1), ErrorCode.ProtocolError),

        // 5.1 Half-closed (remote)
        ["5.1 DATA on a half-closed (remote) stream"] = Stream(c => { c.Request(1); c.Frames.WriteData(1, "test"u8, true); }, ErrorCode.StreamClosed),
        ["5.1 HEADERS on a half-closed (remote) stream"] = Stream(c => { c.Request(1); c.Request(1); }, ErrorCode.StreamClosed),
        ["5.1 CONTINUATION on a half-closed (remote) stream"] = Stream(c => { c.Request(1); Continue(c, 1); }, ErrorCode.StreamClosed, ErrorCode.ProtocolError),

        // 5.1 Closed
        ["5.1 DATA behind RST_STREAM"] = Stream(c => { Reset(c); c.Frames.WriteData(1, "test"u8, true); }, ErrorCode.StreamClosed),
        ["5.1 HEADERS behind RST_STREAM"] = Stream(c => { Reset(c); c.Request(1); }, ErrorCode.StreamClosed),
        ["5.1 CONTINUATION behind RST_STREAM"] = Stream(c => { Reset(c); Continue(c, 1); }, ErrorCode.StreamClosed, ErrorCode.ProtocolError),
        ["5.1 DATA behind RST_STREAM and the answer"] = Answered(Post, c => { c.Frames.WriteRstStream(1, ErrorCode.Cancel); c.Frames.WriteData(1, "test"u8, true); }, ErrorCode.StreamClosed),
        ["5.1 HEADERS behind RST_STREAM and the answer"] = Answered(Post, c => { c.Frames.WriteRstStream(1, ErrorCode.Cancel); c.Request(1); }, ErrorCode.StreamClosed),
        ["5.1 DATA on a closed stream"] = Answered(c => c.Request(1), c => c.Frames.WriteData(1, "test"u8, true), ErrorCode.StreamClosed),
        ["5.1 HEADERS on a closed stream"] = Answered(c => c.Request(1), c => c.Request(1), ErrorCode.StreamClosed),
        ["5.1 CONTINUATION on a closed stream"] = Answered(c => c.Request(1), c => Continue(c, 1), ErrorCode.StreamClosed, ErrorCode.ProtocolError),

        // 5.1.1 Identifiers, 5.1.2 concurrency, 5.3.1 dependencies, 5.4.1 connection errors
        ["5.1.1 an even stream"] = Connection(c => c.Request(2), ErrorCode.ProtocolError),
        ["5.1.1 a stream below the last"] = Connection(c => { c.Request(5); c.Request(3); }, ErrorCode.ProtocolError),
        ["5.1.2 more streams than SETTINGS_MAX_CONCURRENT_STREAMS"] = Http2Exchanges.Begun(async c =>
        {
            for (var i = 0; i <= 250; i++) c.Request(1 + 2 * i);
            await c.StreamErrorAsync(ErrorCode.ProtocolError, ErrorCode.RefusedStream);
        }, new Setting(SettingId.InitialWindowSize, 0)),
        ["5.3.1 HEADERS that depend on their own stream"] = Stream(c => Headers(c, 1, FrameFlags.Priority, [0, 0, 0, 1, 255, .. c.Block()]), ErrorCode.ProtocolError),
        ["5.3.1 PRIORITY that depends on its own stream"] = Stream(c => Http2Exchanges.Priority(c, 2, 2), ErrorCode.ProtocolError),
        ["5.4.1 GOAWAY comes before the close"] = Connection(c => c.Frames.WriteFrame(FrameType.Ping, 0, 3, Ping), ErrorCode.ProtocolError),

        // 6.1 DATA, 6.2 HEADERS
        ["6.1 DATA on stream 0"] = Connection(c => c.Frames.WriteData(0, "test"u8, true), ErrorCode.ProtocolError),
        ["6.1 DATA with more padding than payload"] = Connection(c => { Post(c); c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [5, 0, 0, 0, 0]); }, ErrorCode.ProtocolError),
        ["6.2 HEADERS without END_HEADERS, then PRIORITY"] = Connection(c => { Begin(c); Http2Exchanges.Priority(c, 1, 0); }, ErrorCode.ProtocolError),
        ["6.2 HEADERS without END_HEADERS, then HEADERS"] = Connection(c => { Begin(c); Headers(c, 3, 0, c.Block()); }, ErrorCode.ProtocolError),
        ["6.2 HEADERS on stream 0"] = Connection(c => Headers(c, 0, 0, c.Block()), ErrorCode.ProtocolError),
        ["6.2 HEADERS with more padding than payload"] = Connection(c => Headers(c, 1, FrameFlags.Padded, [(byte)(c.Block().Length + 1), .. c.Block()]), ErrorCode.ProtocolError),

        // 6.3 PRIORITY, 6.4 RST_STREAM
        ["6.3 PRIORITY on stream 0"] = Connection(c => Http2Exchanges.Priority(c, 0, 0), ErrorCode.ProtocolError),
        ["6.3 PRIORITY of 4 octets"] = Stream(c => { Post(c); c.Frames.WriteFrame(FrameType.Priority, 0, 1, new byte[4]); }, ErrorCode.FrameSizeError),
        ["6.4 RST_STREAM on stream 0"] = Connection(c => c.Frames.WriteRstStream(0, ErrorCode.Cancel), ErrorCode.ProtocolError),
        ["6.4 RST_STREAM of 3 octets"] = Connection(c => { Post(c); c.Frames.WriteFrame(FrameType.RstStream, 0, 1, new byte[3]); }, ErrorCode.FrameSizeError),

        // 6.5 SETTINGS
        ["6.5 an acknowledgement with a payload"] = Connection(c => c.Frames.WriteFrame(FrameType.Settings, FrameFlags.Ack, 0, new byte[1]), ErrorCode.FrameSizeError),
        ["6.5 SETTINGS on a stream"] = Connection(c => c.Frames.WriteFrame(FrameType.Settings, 0, 1, new byte[6]), ErrorCode.ProtocolError),
        ["6.5 SETTINGS of 3 octets"] = Connection(c => c.Frames.WriteFrame(FrameType.Settings, 0, 0, new byte[3]), ErrorCode.FrameSizeError),
        ["6.5.2 SETTINGS_ENABLE_PUSH of 2"] = Setting(SettingId.EnablePush, 2, ErrorCode.ProtocolError),
        ["6.5.2 SETTINGS_INITIAL_WINDOW_SIZE of 2^31"] = Setting(SettingId.InitialWindowSize, 1u << 31, ErrorCode.FlowControlError),
        ["6.5.2 SETTINGS_MAX_FRAME_SIZE of 2^14-1"] = Setting(SettingId.MaxFrameSize, 16_383, ErrorCode.ProtocolError),
        ["6.5.2 SETTINGS_MAX_FRAME_SIZE of 2^24"] = Setting(SettingId.MaxFrameSize, 1 << 24, ErrorCode.ProtocolError),

        // 6.6 to 6.8
        ["6.6 PUSH_PROMISE of a client"] = Connection(c => c.Frames.WriteFrame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 3, .. c.Block()]), ErrorCode.ProtocolError),
        ["6.7 PING on a stream"] = Connection(c => c.Frames.WriteFrame(FrameType.Ping, 0, 1, Ping), ErrorCode.ProtocolError),
        ["6.7 PING of 6 octets"] = Connection(c => c.Frames.WriteFrame(FrameType.Ping, 0, 0, new byte[6]), ErrorCode.FrameSizeError),
        ["6.8 GOAWAY on a stream"] = Connection(c => c.Frames.WriteFrame(FrameType.GoAway, 0, 1, new byte[8]), ErrorCode.ProtocolError),

        // 6.9 WINDOW_UPDATE
        ["6.9 an increment of 0 on the connection"] = Connection(c => c.Frames.WriteWindowUpdate(0, 0), ErrorCode.ProtocolError),
        ["6.9 an increment of 0 on a stream"] = Stream(c => { Post(c); c.Frames.WriteWindowUpdate(1, 0); }, ErrorCode.ProtocolError),
        ["6.9 an increment of 0 on a stream that was answered"] = Answered(Post, c => c.Frames.WriteWindowUpdate(1, 0), ErrorCode.ProtocolError),
        ["6.9 WINDOW_UPDATE of 3 octets"] = Connection(c => c.Frames.WriteFrame(FrameType.WindowUpdate, 0, 0, new byte[3]), ErrorCode.FrameSizeError),
        ["6.9.1 the connection's window above 2^31-1"] = Connection(c => { c.Frames.WriteWindowUpdate(0, int.MaxValue); c.Frames.WriteWindowUpdate(0, int.MaxValue); }, ErrorCode.FlowControlError),
        ["6.9.1 a stream's window above 2^31-1"] = Stream(c => { Post(c); c.Frames.WriteWindowUpdate(1, int.MaxValue); c.Frames.WriteWindowUpdate(1, int.MaxValue); }, ErrorCode.FlowControlError),
        ["6.9.1 a stream's window above 2^31-1 once it was answered"] = Answered(Post, c => c.Frames.WriteWindowUpdate(1, int.MaxValue), ErrorCode.FlowControlError),

        // 6.10 CONTINUATION
        ["6.10 CONTINUATION, then another frame"] = Connection(c => { Begin(c); c.Frames.WriteFrame(FrameType.Continuation, 0, 1, []); c.Frames.WriteData(1, "test"u8, true); }, ErrorCode.ProtocolError),
        ["6.10 CONTINUATION on stream 0"] = Connection(c => { Begin(c); Continue(c, 0); }, ErrorCode.ProtocolError),
        ["6.10 CONTINUATION behind HEADERS with END_HEADERS"] = Connection(c => { Post(c); Continue(c, 1); }, ErrorCode.ProtocolError),
        ["6.10 CONTINUATION behind CONTINUATION with END_HEADERS"] = Connection(c => { Begin(c); Continue(c, 1); Continue(c, 1); }, ErrorCode.ProtocolError),
        ["6.10 CONTINUATION behind DATA"] = Connection(c => { Post(c); c.Frames.WriteData(1, "test"u8, true); Continue(c, 1); }, ErrorCode.ProtocolError),

        // RFC 7541
        ["HPACK 2.3.3 an index beyond the tables"] = Block("c6"),
        ["HPACK 2.3.3 the index of a name beyond the tables"] = Block("7f07" + "03616263"),
        ["HPACK 4.2 a size update behind a field"] = Block("20"),
        ["HPACK 5.2 Huffman padding of more than 7 bits"] = Block("00" + "03782d61" + "831c64ff"),
        ["HPACK 5.2 Huffman padding of zeros"] = Block("00" + "83f2b0c0" + "03616263"),
        ["HPACK 5.2 Huffman with the end-of-string symbol"] = Block("00" + "03782d61" + "861c64fffffffc"),
        ["HPACK 6.1 index 0"] = Block("80"),
        ["HPACK 6.3 a size above SETTINGS_HEADER_TABLE_SIZE"] = Connection(c => Headers(c, 1, 0, [0x3f, 0xe2, 0x1f, .. c.Block()]), ErrorCode.CompressionError),
    };

    private static Func<Http2Client, Task> Connection(Action<Http2Client> write, params ErrorCode[] codes) => Http2Exchanges.Begun(client =>
    {
        write(client);
        return client.ConnectionErrorAsync(codes);
    });

    private static Func<Http2Client, Task> Stream(Action<Http2Client> write, params ErrorCode[] codes) => Http2Exchanges.Begun(client =>
    {
        write(client);
        return client.StreamErrorAsync(codes);
    });

    /// <summary>Goes on only when the response is there.</summary>
    private static Func<Http2Client, Task> Answered(Action<Http2Client> ask, Action<Http2Client> write, params ErrorCode[] codes) => Http2Exchanges.Begun(async client =>
    {
        ask(client);
        await client.AnsweredAsync();
        write(client);
        await client.StreamErrorAsync(codes);
    });

    private static Func<Http2Client, Task> Setting(SettingId id, uint value, ErrorCode code) => Connection(c => c.Frames.WriteSettings(new Setting(id, value)), code);

    private static Func<Http2Client, Task> Block(string hex) => Connection(c => Headers(c, 1, 0, [.. c.Block(), .. Convert.FromHexString(hex)]), ErrorCode.CompressionError);

    private static void Post(Http2Client client) => Http2Exchanges.Post(client);

    private static void Headers(Http2Client client, int streamId, FrameFlags flags, byte[] payload) =>
        client.Frames.WriteFrame(FrameType.Headers, flags | FrameFlags.EndHeaders | FrameFlags.EndStream, streamId, payload);

    /// <summary>HEADERS that are to be continued.</summary>
    private static void Begin(Http2Client client) => client.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndStream, 1, client.Block());

    private static void Continue(Http2Client client, int streamId) =>
        client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, streamId, client.Block([("x-more", "1")]));

    private static void Reset(Http2Client client)
    {
        Post(client);
        client.Frames.WriteRstStream(1, ErrorCode.Cancel);
    }
}
