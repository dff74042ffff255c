using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>The client's windows, which bound responses (RFC 9113 sections 5.2 and 6.9).</summary>
public sealed class FlowControlTests
{
    [Fact]
    public async Task A_response_keeps_to_the_streams_window()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("Hello, World!"));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1));
        client.Request(1);
        await client.SendAsync();
        Assert.Equal(FrameType.Headers, (await client.ReadAnswerAsync()).Type);
        var frame = await client.ReadAnswerAsync();
        Assert.Equal((FrameType.Data, "H", false), (frame.Type, frame.Text, frame.Header.EndStream));
        Assert.Empty(await client.PingAsync());
        client.Frames.WriteWindowUpdate(1, 5);
        client.Frames.WriteWindowUpdate(1, 100);
        await client.SendAsync();
        var rest = await client.ReadResponseAsync(1);
        Assert.Equal("ello, World!", rest.Text);
    }

    [Fact]
    public async Task Nothing_is_sent_into_an_empty_window_and_the_end_needs_none()
    {
        await using var server = new Http2Fixture((w, r) =>
        {
            if (r.Path == "/empty") w.Flush();
            else w.Write("x");
        });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
        client.Request(1);
        client.Request(3, path: "/empty");
        await client.SendAsync();
        Assert.Equal("", (await client.ReadResponsesAsync(3))[3].Text);
        Assert.DoesNotContain(await client.PingAsync(), f => f.Type == FrameType.Data);
        client.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1));
        await client.SendAsync();
        Assert.Equal("x", (await client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task A_window_may_become_negative()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("0123456789"));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 3));
        client.Request(1);
        await client.SendAsync();
        await client.ReadAnswerAsync();
        Assert.Equal("012", (await client.ReadAnswerAsync()).Text);
        client.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 2)); // now -1
        client.Frames.WriteWindowUpdate(1, 1); // 0
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), f => f.Type == FrameType.Data);
        client.Frames.WriteWindowUpdate(1, 1);
        await client.SendAsync();
        Assert.Equal("3", (await client.ReadAnswerAsync()).Text);
    }

    [Fact]
    public async Task Settings_take_effect_in_the_order_in_which_they_stand()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("Hello, World!"));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 100), new Setting(SettingId.InitialWindowSize, 2));
        client.Request(1);
        await client.SendAsync();
        await client.ReadAnswerAsync();
        Assert.Equal("He", (await client.ReadAnswerAsync()).Text);
    }

    /// <summary>RFC 9113 section 6.5.3; Node's client lost nine of ten streams.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_are_acknowledged_before_anything_that_they_allow(bool beginsWithStream)
    {
        await using var server = new Http2Fixture((w, r) => w.Write("Hello, World!"));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
        if (beginsWithStream)
        {
            client.Request(1);
            await client.SendAsync();
            Assert.Equal(FrameType.Headers, (await client.ReadAnswerAsync()).Type);
        }
        client.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1), new Setting(SettingId.InitialWindowSize, 100), new Setting(SettingId.HeaderTableSize, 0));
        if (!beginsWithStream) client.Request(1);
        await client.SendAsync();
        Assert.Equal((FrameType.Settings, FrameFlags.Ack), (await client.ReadAsync()) is var ack ? (ack.Type, ack.Header.Flags) : default);
        if (!beginsWithStream) Assert.Equal(FrameType.Headers, (await client.ReadAnswerAsync()).Type);
        Assert.Equal("Hello, World!", (await client.ReadAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_takes_huge_frames_gets_its_response_in_small_ones()
    {
        var body = new byte[4_000_000];
        await using var server = new Http2Fixture((w, r) => w.WriteAsync(body), pauseWriterThreshold: 1_000);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, int.MaxValue), new Setting(SettingId.MaxFrameSize, 0xffffff));
        client.Frames.WriteWindowUpdate(0, 100_000_000);
        client.Request(1);
        client.Frames.WritePing(1); // looked at while the response waits to be sent
        await client.SendAsync();
        var received = 0;
        for (Frame frame; received < body.Length; received += frame.Type == FrameType.Data ? frame.Payload.Length : 0)
        {
            frame = await client.ReadAsync();
            Assert.InRange(frame.Payload.Length, 0, 64 * 1024);
            if (frame.Type != FrameType.Data) continue;
            client.Frames.WritePing(2);
            await client.SendAsync();
        }
        await client.PingAsync();
    }

    [Fact]
    public async Task The_connections_window_is_shared_and_the_streams_take_turns()
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync(new byte[60_000]));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        client.Request(3);
        await client.SendAsync();
        var received = new Dictionary<int, int> { [1] = 0, [3] = 0 };
        while (received.Values.Sum() < 65_535)
        {
            var frame = await client.ReadAnswerAsync();
            if (frame.Type == FrameType.Data) received[frame.StreamId] += frame.Payload.Length;
        }
        Assert.DoesNotContain(await client.PingAsync(), f => f.Type == FrameType.Data && f.Payload.Length > 0);
        client.Frames.WriteWindowUpdate(0, 40_000);
        await client.SendAsync();
        var order = new List<int>();
        while (received.Values.Sum() < 105_535)
        {
            var frame = await client.ReadAnswerAsync();
            if (frame.Type != FrameType.Data) continue;
            received[frame.StreamId] += frame.Payload.Length;
            order.Add(frame.StreamId);
        }
        // Whoever is served first, the other is not kept waiting for all of it.
        Assert.Contains(1, order.Concat(received.Where(r => r.Value == 60_000).Select(r => r.Key)));
        client.Frames.WriteWindowUpdate(0, 40_000);
        await client.SendAsync();
        await client.ReadResponsesAsync(received.Where(r => r.Value < 60_000).Select(r => r.Key).ToArray());
    }

    [Fact]
    public async Task A_large_response_comes_whole_in_frames_of_the_clients_size()
    {
        var body = new byte[1_000_000];
        new Random(3).NextBytes(body);
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync(body));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, int.MaxValue), new Setting(SettingId.MaxFrameSize, 20_000));
        client.Frames.WriteWindowUpdate(0, 1 << 30);
        client.Request(1);
        await client.SendAsync();
        var received = new List<byte>();
        while (true)
        {
            var frame = await client.ReadAnswerAsync();
            if (frame.Type != FrameType.Data) continue;
            Assert.InRange(frame.Payload.Length, 0, 20_000);
            received.AddRange(frame.Payload);
            if (frame.Header.EndStream) break;
        }
        Assert.Equal(body, received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_writes_more_than_the_window_waits_for_it(bool synchronous)
    {
        var written = 0;
        await using var server = new Http2Fixture(async (w, r) =>
        {
            var piece = new byte[50_000];
            for (var i = 0; i < 20; i++)
            {
                if (synchronous) w.Write(piece);
                else await w.WriteAsync(piece);
                Volatile.Write(ref written, i + 1);
            }
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        var received = 0;
        var largest = 0;
        while (true)
        {
            var frame = await client.ReadAnswerAsync();
            if (frame.Type != FrameType.Data) continue;
            received += frame.Payload.Length;
            largest = Math.Max(largest, Volatile.Read(ref written) * 50_000 - received);
            if (frame.Header.EndStream) break;
            client.Frames.WriteWindowUpdate(0, frame.Payload.Length);
            client.Frames.WriteWindowUpdate(1, frame.Payload.Length);
            await client.SendAsync();
        }
        Assert.Equal(1_000_000, received);
        Assert.InRange(largest, 0, 350_000); // what may wait in the stream and the output
    }

    [Fact]
    public async Task A_stalled_stream_does_not_stall_the_others()
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync(new byte[r.Path == "/big" ? 500_000 : 10]));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 20_000));
        client.Frames.WriteWindowUpdate(0, 1 << 30);
        client.Request(1, path: "/big");
        await client.SendAsync();
        for (var id = 3; id < 43; id += 2) Assert.Equal(10, (await client.RoundTripAsync(id)).Body.Count);
    }

    [Fact]
    public async Task A_slow_download_over_a_full_pipe_holds_memory_flat_and_ends_well()
    {
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            for (var i = 0; i < 100; i++) await w.WriteAsync(new byte[20_000]);
        }), pauseWriterThreshold: 10_000);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, int.MaxValue));
        client.Frames.WriteWindowUpdate(0, 1 << 30);
        client.Request(1);
        await client.SendAsync();
        Assert.Equal(2_000_000, (await client.ReadResponseAsync(1)).Body.Count);
    }
}
