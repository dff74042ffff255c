using System.Net.WebSockets;
using System.Text.Json.Serialization;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Receiving and sending, as handlers do it.</summary>
public sealed partial class MessageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_client_of_NET_gets_messages_of_all_sizes_back(bool overTls)
    {
        AsyncHandlerFunc handler = async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { MaxMessageBytes = 16 * 1024 * 1024 });
            await foreach (var message in socket!.Messages()) await socket.SendAsync(message);
        };
        await using var server = overTls ? await TestServer.StartTlsAsync(handler) : await TestServer.StartAsync(handler);
        using var client = await ConnectAsync(server);
        var random = new Random(6455);
        foreach (var size in (int[])[0, 1, 125, 126, 127, 4095, 4096, 65535, 65536, 65537, 200_000, 1024 * 1024, 16 * 1024 * 1024])
        {
            var message = new byte[size];
            random.NextBytes(message);
            await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default).WaitAsync(Deadline.Default);
            var back = await CompressionTests.ReceiveAsync(client);
            Assert.True(message.AsSpan().SequenceEqual(back), $"{size} bytes, seed 6455");
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default).WaitAsync(Deadline.Default);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "done"), (client.CloseStatus, client.CloseStatusDescription));
    }

    [Fact]
    public async Task Many_messages_in_one_piece_are_answered_in_order()
    {
        await using var server = await EchoAsync();
        using var client = await FrameClient.ConnectAsync(server);
        var sending = client.SendAsync([.. Enumerable.Range(0, 20_000).Select(i => FrameClient.Frame(0x81, $"{i}"))]);
        for (var i = 0; i < 20_000; i++) Assert.Equal($"81 {i}", await client.ReadTextAsync());
        await sending;
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_what_the_handler_does_next()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await foreach (var message in socket!.Messages())
            {
                await socket.SendAsync(message);
                if (message.Text == "first") await release.Task;
            }
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, "zero")); // the handler waits for the next on the event loop from here on
        Assert.Equal("81 zero", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "first"), FrameClient.Frame(0x81, "second"));
        Assert.Equal("81 first", await client.ReadTextAsync());
        release.SetResult();
        Assert.Equal("81 second", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_handler_that_blocks_after_its_answer_has_sent_it()
    {
        using var release = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await foreach (var message in socket!.Messages())
            {
                await socket.SendAsync(message);
                if (message.Text == "last") release.Wait(Deadline.Default);
            }
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, "zero"));
        Assert.Equal("81 zero", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "one"), FrameClient.Frame(0x81, "last"));
        Assert.Equal("81 one", await client.ReadTextAsync());
        Assert.Equal("81 last", await client.ReadTextAsync());
        release.Set();
    }

    [Fact]
    public async Task Messages_from_many_threads_are_whole()
    {
        const int senders = 8, each = 200;
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++) Assert.True(await socket!.SendTextAsync(new string((char)('a' + sender), 1 + (i * 977 % 150_000))));
            })));
        });
        using var client = await ConnectAsync(server);
        var counts = new int[senders];
        for (var i = 0; i < senders * each; i++)
        {
            var message = await CompressionTests.ReceiveAsync(client);
            var sender = message[0] - 'a';
            Assert.Equal(1 + (counts[sender]++ * 977 % 150_000), message.Length);
            Assert.DoesNotContain(message, one => one != message[0]);
        }
    }

    [Fact]
    public async Task A_message_can_be_read_in_parts()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { MaxMessageBytes = 10 });
            while (await socket!.ReceivePartAsync() is { } part) await socket.SendTextAsync($"{part.Text} {part.IsEnd}");
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x01, "longer than ten bytes"));
        Assert.Equal("81 longer than ten bytes False", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x00, "more"));
        Assert.Equal("81 more False", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x80, ""));
        Assert.Equal("81  True", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "short"));
        Assert.Equal("81 short True", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_part_that_was_begun_can_be_read_to_its_end_as_one()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await socket!.SendTextAsync((await socket.ReceivePartAsync())!.Value.Text);
            await socket.SendTextAsync((await socket.ReceiveAsync())!.Value.Text);
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x01, "a"));
        Assert.Equal("81 a", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x00, "b"), FrameClient.Frame(0x80, "c"));
        Assert.Equal("81 bc", await client.ReadTextAsync());
        Assert.Equal("88 1000", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_canceled_receive_loses_nothing()
    {
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            using var cancel = new CancellationTokenSource();
            var receive = socket!.ReceiveAsync(cancel.Token).AsTask();
            await socket.SendTextAsync("receives");
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await socket.ReceiveAsync());
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
            canceled.SetResult();
            await foreach (var message in socket.Messages()) await socket.SendAsync(message);
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("81 receives", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "message")[..9]); // a part of the frame
        await canceled.Task.WaitAsync(Deadline.Default);
        await client.SendAsync(FrameClient.Frame(0x81, "message")[9..]);
        Assert.Equal("81 message", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Json_goes_both_ways()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await foreach (var message in socket!.Messages())
            {
                var point = message.Json(PointJson.Default.Point)!;
                await socket.SendJsonAsync(new Point(point.Y, point.X), PointJson.Default.Point);
            }
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, """{"X":1,"Y":2}"""));
        Assert.Equal("""81 {"X":2,"Y":1}""", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u00e4\u20ac\U0001f600")]
    public async Task Text_is_sent_as_UTF_8(string text)
    {
        text = string.Concat(Enumerable.Repeat(text, 1000));
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await socket!.SendTextAsync(text);
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal($"81 {text}".TrimEnd(), await client.ReadTextAsync());
    }

    [Fact]
    public async Task An_echo_allocates_nothing_for_a_message()
    {
        const int rounds = 30, each = 100;
        var least = long.MaxValue;
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            var (received, thread, before) = (0, 0, 0L);
            while (await socket!.ReceiveAsync() is { } message)
            {
                await socket.SendAsync(message);
                if (++received % each != 0) continue;
                // The best of many rounds: other tests use the same pools at the same time.
                var now = GC.GetAllocatedBytesForCurrentThread();
                if (thread == Environment.CurrentManagedThreadId) least = Math.Min(least, now - before);
                (thread, before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            }
        });
        using var client = await FrameClient.ConnectAsync(server);
        for (var i = 0; i < rounds * each; i++)
        {
            await client.SendAsync(FrameClient.Frame(0x81, "hello"));
            await client.ReadAsync();
        }
        Assert.Equal(0, least);
    }

    private static Task<TestServer> EchoAsync() => TestServer.StartAsync(async (w, r) =>
    {
        await using var socket = await WebSocket.AcceptAsync(w, r);
        if (socket is null) return;
        await foreach (var message in socket.Messages()) await socket.SendAsync(message);
    });

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server)
    {
        var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await client.ConnectAsync(new Uri($"{(server.Url.Scheme == "https" ? "wss" : "ws")}://{server.Url.Authority}/"), default).WaitAsync(Deadline.Default);
        return client;
    }

    internal sealed record Point(int X, int Y);

    [JsonSerializable(typeof(Point))]
    private sealed partial class PointJson : JsonSerializerContext;
}
