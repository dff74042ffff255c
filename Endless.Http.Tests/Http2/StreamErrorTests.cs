using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>What costs a client a stream and leaves the connection alone (RFC 9113 sections 5.1, 6 and 8).</summary>
public sealed class StreamErrorTests
{
    private static readonly (string, string)[] Whole = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "example.com")];

    private static readonly Dictionary<string, (ErrorCode Code, Action<Http2Client> Write)> Cases = new()
    {
        ["a stream that depends on itself"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Headers, FrameFlags.Priority | FrameFlags.EndHeaders | FrameFlags.EndStream, 1, [0, 0, 0, 1, 9, .. c.Block()])),
        ["PRIORITY that depends on itself"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteFrame(FrameType.Priority, 0, 1, [0, 0, 0, 1, 9]); }
        ),
        ["PRIORITY of 4 octets"] = (ErrorCode.FrameSizeError, c => { Open(c); c.Frames.WriteFrame(FrameType.Priority, 0, 1, new byte[4]); }
        ),
        ["WINDOW_UPDATE by 0"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteWindowUpdate(1, 0); }
        ),
        ["window above 2^31-1"] = (ErrorCode.FlowControlError, c => { Open(c); c.Frames.WriteWindowUpdate(1, int.MaxValue); }
        ),
        ["DATA beyond the window"] = (ErrorCode.FlowControlError, c => { Open(c); for (var i = 0; i < 5; i++) c.Frames.WriteData(1, new byte[16_000], false); }
        ),

        // 5.1 Half-closed (remote), while the handler still runs
        ["DATA behind END_STREAM"] = (ErrorCode.StreamClosed, c => { c.Request(1, path: "/wait"); c.Frames.WriteData(1, [1], true); }
        ),
        ["HEADERS behind END_STREAM"] = (ErrorCode.StreamClosed, c => { c.Request(1, path: "/wait"); c.Request(1); }
        ),

        // 5.1 Closed by the client's RST_STREAM
        ["DATA behind RST_STREAM"] = (ErrorCode.StreamClosed, c => { Open(c); c.Frames.WriteRstStream(1, ErrorCode.Cancel); c.Frames.WriteData(1, [1], true); }
        ),
        ["HEADERS behind RST_STREAM"] = (ErrorCode.StreamClosed, c => { Open(c); c.Frames.WriteRstStream(1, ErrorCode.Cancel); c.Request(1); }
        ),

        // 8.1 Message framing
        ["a second header section without END_STREAM"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteHeaders(1, c.Block([("x", "y")]), endStream: false); }
        ),
        ["a pseudo-header in the trailers"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteHeaders(1, c.Block([(":method", "GET")]), endStream: true); }
        ),
        ["upper case in the trailers"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteHeaders(1, c.Block([("X", "y")]), endStream: true); }
        ),
        ["a framing field in the trailers"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteHeaders(1, c.Block([("content-length", "0")]), endStream: true); }
        ),
        ["less DATA than Content-Length"] = (ErrorCode.ProtocolError, c => { Open(c, "5"); c.Frames.WriteData(1, "abc"u8, true); }
        ),
        ["less DATA than Content-Length, several frames"] = (ErrorCode.ProtocolError, c => { Open(c, "5"); c.Frames.WriteData(1, "ab"u8, false); c.Frames.WriteData(1, "cd"u8, true); }
        ),
        ["less DATA than Content-Length, trailers"] = (ErrorCode.ProtocolError, c => { Open(c, "5"); c.Frames.WriteData(1, "ab"u8, false); c.Frames.WriteHeaders(1, c.Block([("x", "y")]), true); }
        ),
        ["more DATA than Content-Length"] = (ErrorCode.ProtocolError, c => { Open(c, "2"); c.Frames.WriteData(1, "abc"u8, false); }
        ),
        ["no DATA with Content-Length"] = (ErrorCode.ProtocolError, c => c.Request(1, "POST", "/", true, ("content-length", "1"))),

        // 8.2 and 8.3 Fields
        ["upper case"] = Malformed([.. Whole, ("X-Test", "a")]),
        ["a name that is no token"] = Malformed([.. Whole, ("x y", "a")]),
        ["an empty name"] = Malformed([.. Whole, ("", "a")]),
        ["CR in a value"] = Malformed([.. Whole, ("x", "a\rb")]),
        ["LF in a value"] = Malformed([.. Whole, ("x", "a\nb")]),
        ["NUL in a value"] = Malformed([.. Whole, ("x", "a\0b")]),
        ["a blank before a value"] = Malformed([.. Whole, ("x", " a")]),
        ["a blank behind a value"] = Malformed([.. Whole, ("x", "a\t")]),
        ["connection"] = Malformed([.. Whole, ("connection", "keep-alive")]),
        ["keep-alive"] = Malformed([.. Whole, ("keep-alive", "1")]),
        ["proxy-connection"] = Malformed([.. Whole, ("proxy-connection", "close")]),
        ["transfer-encoding"] = Malformed([.. Whole, ("transfer-encoding", "chunked")]),
        ["upgrade"] = Malformed([.. Whole, ("upgrade", "h2c")]),
        ["te other than trailers"] = Malformed([.. Whole, ("te", "trailers, deflate")]),
        ["an unknown pseudo-header"] = Malformed([.. Whole, (":test", "a")]),
        ["a pseudo-header of responses"] = Malformed([.. Whole, (":status", "200")]),
        ["a pseudo-header behind a field"] = Malformed([.. Whole[..3], ("x", "a"), (":authority", "example.com")]),
        ["an empty :path"] = Malformed([.. Whole[..2], (":path", ""), Whole[3]]),
        ["no :method"] = Malformed([.. Whole[1..]]),
        ["no :scheme"] = Malformed([Whole[0], .. Whole[2..]]),
        ["no :path"] = Malformed([.. Whole[..2], Whole[3]]),
        ["two :method"] = Malformed([.. Whole, (":method", "GET")]),
        ["two :scheme"] = Malformed([.. Whole, (":scheme", "http")]),
        ["two :path"] = Malformed([.. Whole, (":path", "/")]),
        ["two :authority"] = Malformed([.. Whole, (":authority", "example.com")]),
        ["a method that is no token"] = Malformed([(":method", "GE T"), .. Whole[1..]]),
        ["a path that is none"] = Malformed([.. Whole[..2], (":path", "index.html"), Whole[3]]),
        ["a path in absolute form"] = Malformed([.. Whole[..2], (":path", "http://example.com/"), Whole[3]]),
        ["a path with a blank"] = Malformed([.. Whole[..2], (":path", "/a b"), Whole[3]]),
        ["* without OPTIONS"] = Malformed([.. Whole[..2], (":path", "*"), Whole[3]]),
        ["Host that contradicts :authority"] = Malformed([.. Whole, ("host", "example.org")]),
        ["two Host"] = Malformed([.. Whole, ("host", "example.com"), ("host", "example.com")]),
        ["a Content-Length that is no number"] = Malformed([.. Whole, ("content-length", "+1")]),
        ["contradicting Content-Length"] = Malformed([.. Whole, ("content-length", "0"), ("content-length", "1")]),
        ["two Content-Length that agree"] = Malformed([.. Whole, ("content-length", "0"), ("content-length", "0")]),
        ["NUL in a path"] = Malformed([.. Whole[..2], (":path", "/a%00b"), Whole[3]]),
        ["CONNECT with :path"] = Malformed([(":method", "CONNECT"), .. Whole[1..]]),
        ["CONNECT without :authority"] = Malformed([(":method", "CONNECT")]),
        ["extended CONNECT, which is not offered"] = Malformed([(":method", "CONNECT"), (":protocol", "websocket"), .. Whole[1..]]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_stream_is_reset_with_the_right_code_and_the_connection_goes_on(string name)
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/wait") await goOn.Task;
            await r.ReadBodyAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        Cases[name].Write(client);
        await client.SendAsync();
        await client.ExpectResetAsync(1, Cases[name].Code);
        goOn.SetResult();
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task DATA_on_a_stream_that_both_sides_ended_costs_the_connection()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(1);
        server.Client.Frames.WriteData(1, [1], endStream: true);
        await server.Client.SendAsync();
        await server.Client.ExpectGoAwayAsync(ErrorCode.StreamClosed);
    }

    [Fact]
    public async Task HEADERS_on_a_stream_that_both_sides_ended_costs_the_connection()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(1);
        server.Client.Request(1);
        await server.Client.SendAsync();
        await server.Client.ExpectGoAwayAsync(ErrorCode.StreamClosed);
    }

    [Fact]
    public async Task WINDOW_UPDATE_RST_STREAM_and_PRIORITY_on_a_closed_stream_are_ignored()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(1);
        server.Client.Frames.WriteWindowUpdate(1, 100);
        server.Client.Frames.WriteRstStream(1, ErrorCode.Cancel);
        server.Client.Frames.WriteFrame(FrameType.Priority, 0, 1, new byte[5]);
        await server.Client.SendAsync();
        Assert.Empty(await server.Client.PingAsync());
    }

    [Fact]
    public async Task What_was_under_way_when_the_server_reset_a_stream_is_ignored()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteHeaders(1, client.Block([(":method", "POST")]), endStream: false); // malformed
        client.Frames.WriteData(1, new byte[100], endStream: false);
        client.Frames.WriteHeaders(1, client.Block([("x", "y")]), endStream: true);
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.ProtocolError);
        Assert.Empty(await client.PingAsync());
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
    }

    /// <summary>Any number of frames, since the window that the client had bounds them; but no more than that.</summary>
    [Fact]
    public async Task DATA_under_way_when_a_stream_was_reset_is_bounded_by_its_window()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("not read"));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", endStream: false);
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.NoError);
        for (var i = 0; i < 4_000; i++) client.Frames.WriteData(1, new byte[16], endStream: false);
        await client.SendAsync();
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
        for (var i = 0; i < 4_000; i++) client.Frames.WriteData(1, new byte[16], endStream: false);
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task A_refused_block_still_counts_for_the_table()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(r.Header["x-kept"] ?? ""));
        var client = server.Client;
        await client.HandshakeAsync();
        // Malformed for its upper case, but x-kept enters the table.
        client.Frames.WriteHeaders(1, [.. client.Block(), 0x40, 6, .. "x-kept"u8, 3, .. "yes"u8, 0x00, 1, (byte)'X', 1, (byte)'y'], endStream: true);
        client.Frames.WriteHeaders(3, [.. client.Block(), 0xbe], endStream: true);
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.ProtocolError);
        Assert.Equal("yes", (await client.ReadResponseAsync(3)).Text);
    }

    [Fact]
    public async Task More_streams_than_allowed_are_refused()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) => await goOn.Task);
        var client = server.Client;
        await client.HandshakeAsync();
        var ids = Enumerable.Range(0, 250).Select(i => i * 2 + 1).ToArray();
        foreach (var id in ids) client.Request(id);
        client.Request(501);
        await client.SendAsync();
        await client.ExpectResetAsync(501, ErrorCode.RefusedStream);
        goOn.SetResult();
        await client.ReadResponsesAsync(ids);
        Assert.Equal(200, (await client.RoundTripAsync(503)).Status);
    }

    private static (ErrorCode, Action<Http2Client>) Malformed((string, string)[] fields) =>
        (ErrorCode.ProtocolError, c => c.Frames.WriteHeaders(1, c.Block(fields), endStream: true));

    private static void Open(Http2Client client, string? length = null) =>
        client.Request(1, "POST", "/", endStream: false, length == null ? [] : [("content-length", length)]);
}
