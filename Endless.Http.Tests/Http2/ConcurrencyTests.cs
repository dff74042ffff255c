using Endless.Http.Http2.Frames;
using Endless.Http.Load;

namespace Endless.Http.Tests.Http2;

/// <summary>Handlers of one connection run side by side, whatever they do to their threads.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task A_handler_that_waits_holds_up_nobody()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/wait") await goOn.Task;
            await w.WriteAsync(r.Path);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, path: "/wait");
        client.Request(3, path: "/other");
        await client.SendAsync();
        Assert.Equal("/other", (await client.ReadResponseAsync(3)).Text);
        goOn.SetResult();
        Assert.Equal("/wait", (await client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task Handlers_that_block_their_threads_hold_up_neither_the_others_nor_the_reading()
    {
        using var goOn = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(3);
        await using var server = new Http2Fixture((w, r) =>
        {
            if (r.Path == "/block")
            {
                blocked.Signal();
                goOn.Wait();
            }
            w.Write(r.Path);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 7; id += 2) client.Request(id, path: "/block");
        client.Request(7, path: "/same-batch");
        await client.SendAsync();
        Assert.Equal("/same-batch", (await client.ReadResponseAsync(7)).Text);
        Assert.True(blocked.Wait(Deadline.Default));
        Assert.Equal("/later", (await client.RoundTripAsync(9, path: "/later")).Text);
        goOn.Set();
        await client.ReadResponsesAsync(1, 3, 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handlers_of_one_batch_that_wait_for_each_other_all_run(bool yieldsAtOnce)
    {
        using var all = new CountdownEvent(8);
        await using var server = new Http2Fixture(Handler.From((w, r) =>
        {
            all.Signal();
            w.WriteHeader(all.Wait(Deadline.Default) ? 200 : 500);
        }), yieldsAtOnce: yieldsAtOnce);
        var client = server.Client;
        await client.HandshakeAsync();
        var ids = Enumerable.Range(0, 8).Select(i => i * 2 + 1).ToArray();
        foreach (var id in ids) client.Request(id);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(ids);
        Assert.All(responses.Values, r => Assert.Equal(200, r.Status));
    }

    [Fact]
    public async Task A_handler_that_blocks_on_its_body_gets_it()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(new StreamReader(r.BodyStream).ReadToEnd()));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        client.Request(3, "POST", "/", endStream: false);
        await client.SendAsync();
        await client.PingAsync();
        for (var i = 0; i < 5; i++)
        {
            client.Frames.WriteData(1, "ab"u8, endStream: i == 4);
            client.Frames.WriteData(3, "cd"u8, endStream: i == 4);
            await client.SendAsync();
            await client.PingAsync();
        }
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal(("ababababab", "cdcdcdcdcd"), (responses[1].Text, responses[3].Text));
    }

    [Fact]
    public async Task Answers_come_in_the_order_in_which_they_are_ready()
    {
        var goOn = Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource()).ToArray();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            await goOn[int.Parse(r.Path[1..])].Task;
            await w.WriteAsync(r.Path);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var i = 0; i < 10; i++) client.Request(i * 2 + 1, path: $"/{i}");
        await client.SendAsync();
        for (var i = 9; i >= 0; i--)
        {
            goOn[i].SetResult();
            Assert.Equal($"/{i}", (await client.ReadResponseAsync(i * 2 + 1)).Text);
        }
    }

    [Fact]
    public async Task Many_handlers_on_many_threads_write_at_once()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            var length = int.Parse(r.Path[1..]);
            await Task.Yield();
            for (var left = length; left > 0;)
            {
                var count = Math.Min(left, 1 + left / 3);
                await w.WriteAsync(new byte[count]);
                if (count % 5 == 0) await w.FlushAsync();
                if (count % 3 == 0) await Task.Yield();
                left -= count;
            }
        });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1 << 20));
        client.Frames.WriteWindowUpdate(0, 1 << 30);
        var id = 1;
        for (var round = 0; round < 20; round++)
        {
            var ids = new List<(int Id, int Length)>();
            for (var i = 0; i < 50; i++, id += 2)
            {
                var length = (id * 7919) % 30_000;
                client.Request(id, path: $"/{length}");
                ids.Add((id, length));
            }
            await client.SendAsync();
            var responses = await client.ReadResponsesAsync([.. ids.Select(i => i.Id)]);
            Assert.All(ids, i => Assert.Equal(i.Length, responses[i.Id].Body.Count));
        }
        server.AssertQuietLog();
    }

    [Fact]
    public async Task Cancels_bodies_and_answers_at_once_leave_the_connection_whole()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path.Length % 2 == 0) await Task.Yield();
            var body = await r.ReadBodyAsync(r.Cancellation);
            await w.WriteAsync(body);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteWindowUpdate(0, 1 << 30);
        var random = new Random(11);
        var kept = new List<int>();
        for (var id = 1; id < 400; id += 2)
        {
            client.Request(id, "POST", "/" + new string('x', id % 7), endStream: false);
            client.Frames.WriteData(id, new byte[1_000], endStream: false);
            if (random.Next(4) == 0) await client.SendAsync();
            if (random.Next(2) == 0)
            {
                client.Frames.WriteRstStream(id, ErrorCode.Cancel);
                continue;
            }
            client.Frames.WriteData(id, new byte[1_000], endStream: true);
            kept.Add(id);
            if (kept.Count < 20) continue;
            await client.SendAsync();
            var responses = await client.ReadResponsesAsync([.. kept]);
            Assert.All(responses.Values, r => Assert.Equal(2_000, r.Body.Count));
            kept.Clear();
        }
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_state_of_the_connection_is_reported()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) => await goOn.Task);
        var client = server.Client;
        await client.HandshakeAsync();
        await client.PingAsync();
        Assert.Equal(ConnectionState.Idle, server.Connection.State);
        client.Request(1);
        client.Request(3);
        await client.SendAsync();
        await client.PingAsync();
        Assert.Equal(ConnectionState.Active, server.Connection.State);
        goOn.SetResult();
        await client.ReadResponsesAsync(1, 3);
        await Deadline.UntilAsync(() => server.Connection.State == ConnectionState.Idle, "it is idle again");
    }
}
