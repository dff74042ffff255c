using Endless.Http.Http2;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>Everything a server must take, and what it may not be disturbed by (RFC 9113 sections 3, 4 and 6).</summary>
public sealed class FramesInGeneralTests
{
    [Fact]
    public async Task A_request_is_answered()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        var response = await server.Client.RoundTripAsync(1);
        Assert.Equal((200, "Hello, World!"), (response.Status, response.Text));
        Assert.Equal(("text/plain", "13"), (response["content-type"], response["content-length"]));
        Assert.True(DateTime.TryParse(response["date"], out _));
        Assert.Single(response.Sections);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_server_begins_with_its_settings_before_it_hears_from_the_client()
    {
        await using var server = new Http2Fixture();
        var frame = await server.Client.ReadAsync();
        Assert.Equal((FrameType.Settings, 0, FrameFlags.None), (frame.Type, frame.StreamId, frame.Header.Flags));
    }

    [Fact]
    public async Task Everything_may_come_an_octet_at_a_time()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(new StreamReader(r.BodyStream).ReadToEnd()));
        var client = server.Client;
        foreach (var octet in Preface.Octets.ToArray()) await client.SendAsync(new[] { octet });
        client.Frames.WriteSettings(new Setting(SettingId.MaxFrameSize, 20_000));
        client.Request(1, "POST", "/", endStream: false, ("x", "y"));
        client.Frames.WriteData(1, "abc"u8, endStream: false);
        client.Frames.WriteData(1, "def"u8, endStream: true);
        var octets = client.Frames.Written.ToArray();
        client.Frames.Clear();
        foreach (var octet in octets) await client.SendAsync(new[] { octet });
        Assert.Equal("abcdef", (await client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task Many_requests_in_one_segment_are_all_answered()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        var ids = Enumerable.Range(0, 100).Select(i => i * 2 + 1).ToArray();
        foreach (var id in ids) server.Client.Request(id);
        await server.Client.SendAsync();
        var responses = await server.Client.ReadResponsesAsync(ids);
        Assert.All(responses.Values, r => Assert.Equal("Hello, World!", r.Text));
    }

    [Fact]
    public async Task Their_answers_share_a_flush()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(1);
        var before = server.Connection.Flushes;
        for (var id = 3; id < 67; id += 2) server.Client.Request(id);
        await server.Client.SendAsync();
        await server.Client.ReadResponsesAsync(Enumerable.Range(1, 32).Select(i => i * 2 + 1).ToArray());
        // One, unless the watch on another thread took over in the middle of the batch, which a busy machine may make it do several times.
        Assert.InRange(server.Connection.Flushes - before, 1, 16);
    }

    [Theory] // the block is 82 84 86 41 01 61: GET / http, :authority a
    [InlineData(FrameFlags.Padded, "02" + "828486410161" + "0000")]
    [InlineData(FrameFlags.Padded, "00" + "828486410161")]
    [InlineData(FrameFlags.Priority, "0000006310" + "828486410161")]
    [InlineData(FrameFlags.Priority | FrameFlags.Padded, "03" + "8000006301" + "828486410161" + "000000")]
    internal async Task HEADERS_with_padding_and_priority_fields(FrameFlags flags, string payload)
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        server.Client.Frames.WriteFrame(FrameType.Headers, flags | FrameFlags.EndHeaders | FrameFlags.EndStream, 1, Convert.FromHexString(payload));
        await server.Client.SendAsync();
        Assert.Equal(200, (await server.Client.ReadResponseAsync(1)).Status);
    }

    [Fact]
    public async Task A_header_block_in_many_frames()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(r.Header["x-long"]!.Length.ToString()));
        await server.Client.HandshakeAsync();
        var block = server.Client.Block("GET", "/", ("x-long", new string('a', 5_000)));
        server.Client.Frames.WriteHeaders(1, block, endStream: true, maxFrameSize: 1_000);
        server.Client.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndStream, 3, []);
        server.Client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.None, 3, block.AsSpan(0, 10));
        server.Client.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 3, block.AsSpan(10));
        await server.Client.SendAsync();
        var responses = await server.Client.ReadResponsesAsync(1, 3);
        Assert.All(responses.Values, r => Assert.Equal("5000", r.Text));
    }

    [Fact]
    public async Task DATA_with_padding()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(new StreamReader(r.BodyStream).ReadToEnd()));
        await server.Client.HandshakeAsync();
        server.Client.Request(1, "POST", "/", endStream: false, ("content-length", "3"));
        server.Client.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 1, [2, (byte)'a', (byte)'b', 0, 0]);
        server.Client.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 1, [0]);
        server.Client.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [0, (byte)'c']);
        await server.Client.SendAsync();
        Assert.Equal("abc", (await server.Client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task DATA_of_the_largest_size()
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync((await r.ReadBodyAsync()).Length.ToString()));
        await server.Client.HandshakeAsync();
        server.Client.Request(1, "POST", "/", endStream: false);
        server.Client.Frames.WriteData(1, new byte[16_384], endStream: true);
        await server.Client.SendAsync();
        Assert.Equal("16384", (await server.Client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task Unknown_frames_flags_and_settings_are_ignored()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync(new Setting((SettingId)0xff, 1), new Setting(SettingId.EnablePush, 0), new Setting(SettingId.MaxHeaderListSize, 1));
        var frames = server.Client.Frames;
        frames.WriteFrame((FrameType)0x16, (FrameFlags)0xff, 0, "abc"u8);
        frames.WriteFrame((FrameType)0x16, FrameFlags.None, 77, []);
        frames.WriteFrame(FrameType.Ping, (FrameFlags)0x16, 0, new byte[8]);
        await server.Client.SendAsync();
        Assert.Equal((FrameType.Ping, FrameFlags.Ack), await TypeAndFlags());
        frames.WriteFrame(FrameType.Headers, (FrameFlags)0x85 | (FrameFlags)0x42, 1, server.Client.Block());
        await server.Client.SendAsync();
        Assert.Equal(200, (await server.Client.ReadResponseAsync(1)).Status);

        async Task<(FrameType, FrameFlags)> TypeAndFlags()
        {
            var frame = await server.Client.ReadAsync();
            return (frame.Type, frame.Header.Flags);
        }
    }

    [Fact]
    public async Task The_reserved_bit_is_ignored()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.SendAsync(Convert.FromHexString("0000080600" + "80000000" + "0000000000000001"));
        Assert.Equal(FrameType.Ping, (await server.Client.ReadAsync()).Type);
    }

    [Fact]
    public async Task A_PING_is_answered_and_an_acknowledgement_is_not()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        server.Client.Frames.WritePing(99, ack: true);
        await server.Client.SendAsync();
        Assert.Empty(await server.Client.PingAsync());
    }

    [Fact]
    public async Task PRIORITY_has_no_effect_on_any_stream()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        byte[] priority = [0x80, 0, 0, 9, 255];
        client.Frames.WriteFrame(FrameType.Priority, FrameFlags.None, 1, priority); // idle
        client.Request(1, "POST", "/", endStream: false);
        client.Frames.WriteFrame(FrameType.Priority, FrameFlags.None, 1, priority); // open
        client.Frames.WriteFrame(FrameType.Priority, FrameFlags.None, 2, priority); // the server's
        client.Frames.WriteData(1, [], endStream: true);
        await client.SendAsync();
        Assert.Equal(200, (await client.ReadResponseAsync(1)).Status);
        client.Frames.WriteFrame(FrameType.Priority, FrameFlags.None, 1, priority); // closed
        await client.SendAsync();
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
    }

    [Fact]
    public async Task A_GOAWAY_or_RST_STREAM_with_an_unknown_code_is_one_like_any_other()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        server.Client.Request(1, "POST", "/", endStream: false);
        server.Client.Frames.WriteRstStream(1, (ErrorCode)0xff);
        await server.Client.SendAsync();
        await server.Client.PingAsync();
        server.Client.Request(3);
        server.Client.Frames.WriteGoAway(0, (ErrorCode)0xff, "debug");
        await server.Client.SendAsync();
        Assert.Equal(200, (await server.Client.ReadResponseAsync(3)).Status);
        await server.Client.ExpectEndAsync();
    }

    [Fact]
    public async Task Streams_may_skip_identifiers()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        Assert.Equal(200, (await server.Client.RoundTripAsync(5)).Status);
        Assert.Equal(200, (await server.Client.RoundTripAsync(int.MaxValue)).Status);
    }
}
