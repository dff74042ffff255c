using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>The closing handshake (RFC 6455 section 7), by the server and in a drain.</summary>
public sealed class ClosingTests
{
    private static readonly byte[] Bye = FrameClient.Frame(0x88, [0x03, 0xe8]);

    [Fact]
    public async Task A_handler_that_returns_closes_with_1000()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await socket!.SendTextAsync("bye");
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("81 bye", await client.ReadTextAsync());
        Assert.Equal("88 1000", await client.ReadTextAsync());
        await client.SendAsync(Bye);
        Assert.Equal("end", await client.ReadTextAsync());
    }

    [Fact]
    public async Task The_server_closes_and_nothing_can_be_sent_then()
    {
        var after = new TaskCompletionSource<(bool Sent, WebSocketMessage? Received, int Code, string Reason)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await socket!.CloseAsync(4001, "go away");
            after.SetResult((await socket.SendTextAsync("late"), await socket.ReceiveAsync(), socket.CloseCode, socket.CloseReason));
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("88 4001 go away", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "dropped"), Bye);
        Assert.Equal("end", await client.ReadTextAsync());
        Assert.Equal((false, null, 4001, "go away"), await after.Task.WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_close_is_not_waited_for_long()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { CloseTimeout = TimeSpan.FromMilliseconds(200) });
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("88 1000", await client.ReadTextAsync());
        Assert.Equal("end", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_client_that_made_a_mistake_has_a_moment_to_read_which()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { MaxMessageBytes = 100 });
            Assert.Null(await socket!.ReceiveAsync());
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x82, new byte[3_000_000])); // goes on sending when it is refused
        Assert.Equal("88 1009 A message is too long.", await client.ReadTextAsync());
        Assert.Equal("end", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Another_flow_closes_and_the_receive_ends()
    {
        var socketOf = new TaskCompletionSource<WebSocket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            socketOf.SetResult(socket!);
            var text = "";
            await foreach (var message in socket!.Messages()) text += message.Text;
            received.SetResult(text);
        });
        using var client = await FrameClient.ConnectAsync(server);
        var closing = (await socketOf.Task.WaitAsync(Deadline.Default)).CloseAsync(1001, "bye").AsTask();
        Assert.Equal("88 1001 bye", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "on its way"), Bye);
        await closing.WaitAsync(Deadline.Default);
        Assert.Equal("on its way", await received.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task A_message_stays_what_it_is_while_another_flow_closes(int length)
    {
        var text = new string('m', length);
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            var message = (await socket!.ReceiveAsync())!.Value;
            var closing = Task.Run(async () => await socket.CloseAsync());
            await closing;
            seen.SetResult(message.Text);
            Assert.Null(await socket.ReceiveAsync());
        });
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, text));
        Assert.Equal("88 1000", await client.ReadTextAsync());
        for (var i = 0; i < 20; i++) await client.SendAsync(FrameClient.Frame(0x81, new string('x', length)));
        await client.SendAsync(Bye);
        Assert.Equal("end", await client.ReadTextAsync());
        Assert.Equal(text, await seen.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public async Task A_code_that_may_not_be_sent_is_refused(int code)
    {
        var thrown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await socket!.CloseAsync(code));
            await Assert.ThrowsAsync<ArgumentException>(async () => await socket!.CloseAsync(1000, new string('x', 124)));
            thrown.SetResult();
        });
        using var client = await FrameClient.ConnectAsync(server);
        await thrown.Task.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_drain_closes_a_socket_that_waits_and_delivers_what_was_on_its_way()
    {
        var received = new TaskCompletionSource<(string, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = EndlessServer.NewServer("127.0.0.1:0", async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            var text = "";
            await foreach (var message in socket!.Messages())
            {
                text += message.Text;
                await socket.SendAsync(message);
            }
            received.SetResult((text, socket.CloseCode));
        });
        await server.StartAsync();
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, "a"));
        Assert.Equal("81 a", await client.ReadTextAsync());
        var stopping = server.ShutdownAsync();
        Assert.Matches("^88 10(01|12) ", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x81, "b"), FrameClient.Frame(0x88, [0x03, 0xf4]));
        Assert.Equal("end", await client.ReadTextAsync());
        var (all, code) = await received.Task.WaitAsync(Deadline.Default);
        Assert.Equal("ab", all);
        Assert.Contains(code, (int[])[WebSocketCloseCodes.GoingAway, WebSocketCloseCodes.ServiceRestart]);
        await stopping.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_drain_lets_the_handler_answer_what_it_is_at()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = EndlessServer.NewServer("127.0.0.1:0", async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r);
            await foreach (var message in socket!.Messages())
            {
                begun.TrySetResult();
                await release.Task;
                await socket.SendAsync(message);
            }
        });
        await server.StartAsync();
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0x81, "a"), FrameClient.Frame(0x81, "b"));
        await begun.Task.WaitAsync(Deadline.Default);
        var stopping = server.ShutdownAsync();
        release.SetResult();
        Assert.Equal("81 a", await client.ReadTextAsync());
        Assert.Equal("81 b", await client.ReadTextAsync());
        Assert.Matches("^88 10(01|12) ", await client.ReadTextAsync());
        client.CloseSending();
        await stopping.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_drain_does_not_wait_for_a_handler_that_never_comes_back()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = EndlessServer.NewServer("127.0.0.1:0", async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) });
            begun.TrySetResult();
            await release.Task;
        });
        await server.StartAsync();
        using var client = await FrameClient.ConnectAsync(server);
        await begun.Task.WaitAsync(Deadline.Default);
        var stopping = server.ShutdownAsync();
        Assert.Matches("^88 10(01|12) ", await client.ReadTextAsync());
        Assert.Equal("end", await client.ReadTextAsync());
        release.SetResult();
        await stopping.WaitAsync(Deadline.Default);
    }
}
