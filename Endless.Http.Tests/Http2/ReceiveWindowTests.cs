using Endless.Http.Http2;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>The server's windows, which bound requests (RFC 9113 sections 5.2 and 6.9).</summary>
public sealed class ReceiveWindowTests
{
    [Fact]
    public async Task No_window_is_given_back_on_a_stream_that_its_last_DATA_closes()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("early"), timeouts: new() { DrainGrace = 60_000, Linger = 60_000 });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", endStream: false);
        await client.SendAsync();
        await client.ReadResponseAsync(1);
        for (var left = 2; left >= 0; left--) client.Frames.WriteData(1, new byte[16_000], endStream: left == 0);
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), f => f.StreamId == 1);
    }

    [Fact]
    public async Task What_a_handler_reads_is_given_back_to_both_windows()
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync((await r.ReadBodyAsync()).Length.ToString()));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        var window = Http2Limits.StreamWindow;
        var connectionWindow = Http2Limits.ConnectionWindow;
        var left = 3_000_000;
        while (left > 0)
        {
            var count = Math.Min(left, Math.Min(window, 16_384));
            if (count > 0)
            {
                client.Frames.WriteData(1, new byte[count], endStream: left == count);
                await client.SendAsync();
                left -= count;
                window -= count;
                connectionWindow -= count;
                continue;
            }
            var frame = await client.ReadAsync();
            Assert.Equal(FrameType.WindowUpdate, frame.Type);
            if (frame.StreamId == 0) connectionWindow += frame.First;
            else window += frame.First;
        }
        Assert.Equal("3000000", (await client.ReadResponseAsync(1)).Text);
        Assert.InRange(window, 0, Http2Limits.MaxStreamWindow);
    }

    [Fact]
    public async Task The_window_grows_while_the_handler_keeps_up_and_not_otherwise()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/slow") await goOn.Task;
            await r.ReadBodyAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/slow", endStream: false);
        for (var i = 0; i < 4; i++) client.Frames.WriteData(1, new byte[16_000], endStream: false);
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), f => f.Type == FrameType.WindowUpdate);

        client.Request(3, "POST", "/", endStream: false);
        var sent = 0;
        var granted = Http2Limits.StreamWindow;
        while (granted - sent < Http2Limits.MaxStreamWindow / 2 && sent < 10_000_000)
        {
            if (granted - sent >= 16_000)
            {
                client.Frames.WriteData(3, new byte[16_000], endStream: false);
                await client.SendAsync();
                sent += 16_000;
                continue;
            }
            var frame = await client.ReadAsync();
            Assert.Equal(FrameType.WindowUpdate, frame.Type);
            if (frame.StreamId == 3) granted += frame.First;
        }
        Assert.InRange(granted - sent, Http2Limits.MaxStreamWindow / 2, Http2Limits.MaxStreamWindow);
        goOn.SetResult();
    }

    [Fact]
    public async Task Handlers_that_do_not_read_cannot_stall_an_upload()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/hold") await goOn.Task;
            await r.ReadBodyAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var i = 0; i < 200; i++)
        {
            client.Request(i * 2 + 1, "POST", "/hold", endStream: false);
            for (var left = Http2Limits.StreamWindow; left > 0; left -= 16_384) client.Frames.WriteData(i * 2 + 1, new byte[Math.Min(left, 16_384)], endStream: false);
            await client.SendAsync();
        }
        client.Request(1001, "POST", "/", endStream: false);
        client.Frames.WriteData(1001, new byte[10_000], endStream: true);
        await client.SendAsync();
        Assert.Equal(200, (await client.ReadResponseAsync(1001)).Status);
        goOn.SetResult();
    }

    [Fact]
    public async Task DATA_beyond_the_connections_window_costs_the_connection()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) => await goOn.Task);
        var client = server.Client;
        await client.HandshakeAsync();
        // Each stream within its own window; together more than the connection's, because the windows of closed streams are not given back by this client's account.
        var data = new byte[16_000];
        var sent = 0;
        for (var id = 1; sent <= Http2Limits.ConnectionWindow; id += 2)
        {
            client.Request(id, "POST", "/", endStream: false);
            for (var i = 0; i < 4; i++, sent += data.Length) client.Frames.WriteData(id, data, endStream: false);
            if (id > 2 * Http2Limits.MaxConcurrentStreams) break;
            await client.SendAsync();
        }
        await client.PingAsync();
        Assert.False(server.Serving.IsCompleted); // 250 streams cannot exceed it
        goOn.SetResult();
    }

    [Fact]
    public async Task A_handler_that_consumes_nothing_before_the_end_gets_there()
    {
        var read = new TaskCompletionSource<long>();
        await using var server = new Http2Fixture(async (_, r) =>
        {
            while (true)
            {
                var result = await r.Body.ReadAsync();
                if (result.IsCompleted)
                {
                    read.SetResult(result.Buffer.Length);
                    return;
                }
                r.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", endStream: false);
        var window = Http2Limits.StreamWindow;
        for (var left = 4 * Http2Limits.StreamWindow; left > 0;)
        {
            var count = Math.Min(left, Math.Min(window, 16_000));
            left -= count;
            window -= count;
            if (count > 0) client.Frames.WriteData(1, new byte[count], endStream: left == 0);
            await client.SendAsync();
            while (window == 0 && left > 0)
                if (await client.ReadAsync() is { Type: FrameType.WindowUpdate, StreamId: 1 } update) window += update.First;
        }
        Assert.Equal(200, (await client.ReadResponseAsync(1)).Status);
        Assert.Equal(4 * Http2Limits.StreamWindow, await read.Task);
    }
}
