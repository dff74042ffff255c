using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>Upgrades: the two connections become one.</summary>
public sealed class ReverseProxyTunnelTests
{
    [Fact]
    public async Task A_websocket_works_through_it()
    {
        await using var backend = new RudeBackend(EchoWebSocketAsync);
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{front.Url.Port}/chat"), default).WaitAsync(Deadline.Default);
        Assert.Equal("chat", socket.SubProtocol);
        var message = new byte[100_000];
        new Random(1).NextBytes(message);
        await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default);
        var received = new byte[message.Length];
        for (var at = 0; at < received.Length;) at += (await socket.ReceiveAsync(received.AsMemory(at), default).AsTask().WaitAsync(Deadline.Default)).Count;
        Assert.Equal(message, received);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default).WaitAsync(Deadline.Default);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_ends_its_side_gets_the_rest()
    {
        await using var backend = new RudeBackend(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
            var text = await new StreamReader(stream).ReadToEndAsync();
            await stream.WriteAsync(Encoding.ASCII.GetBytes("all of " + text));
        });
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var client = await UpgradeAsync(front, "echo");
        var stream = client.GetStream();
        await stream.WriteAsync("this"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("all of this", await new StreamReader(stream).ReadToEndAsync().WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_backend_that_ends_ends_the_client()
    {
        await using var backend = new RudeBackend("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nlast words");
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var client = await UpgradeAsync(front, "echo");
        Assert.Equal("last words", await new StreamReader(client.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_client_that_is_gone_ends_the_backend()
    {
        var ended = new TaskCompletionSource();
        await using var backend = new RudeBackend(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
            await stream.CopyToAsync(Stream.Null);
            ended.SetResult();
        });
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        (await UpgradeAsync(front, "echo")).Dispose();
        await ended.Task.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_server_that_leaves_ends_the_tunnel_for_both()
    {
        var ended = new TaskCompletionSource();
        await using var backend = new RudeBackend(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
            await stream.CopyToAsync(Stream.Null);
            await stream.WriteAsync("bye"u8.ToArray());
            ended.SetResult();
        });
        using var proxy = new ReverseProxy(backend.Url);
        TcpClient client;
        await using (var front = await TestServer.StartAsync(proxy)) client = await UpgradeAsync(front, "echo");
        await ended.Task.WaitAsync(Deadline.Default);
        Assert.Equal("bye", await new StreamReader(client.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default));
        client.Dispose();
    }

    [Fact]
    public async Task Another_answer_than_101_is_a_response_like_others()
    {
        await using var backend = new RudeBackend("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var client = new TcpClient("127.0.0.1", front.Url.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        var text = await new StreamReader(client.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default);
        Assert.Equal(3, text.Split("HTTP/1.1 426 ").Length);
        Assert.Contains("Upgrade: echo\r\n", backend.Heads[0]);
        Assert.DoesNotContain("Upgrade", backend.Heads[1]);
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n")] // and the settings that the server itself would take are not there
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: echo\r\nUpgrade: h2c\r\n")]
    [InlineData("Upgrade: echo\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 3\r\n\r\nabc")]
    public async Task What_could_smuggle_requests_is_not_asked_for(string fields)
    {
        await using var backend = new RudeBackend("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var client = new TcpClient("127.0.0.1", front.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\n{fields}{(fields.EndsWith("abc", StringComparison.Ordinal) ? "" : "\r\n")}"));
        await RudeBackend.ReadHeadAsync(client.GetStream()).WaitAsync(Deadline.Default);
        Assert.DoesNotContain("Upgrade", backend.Heads.Single());
    }

    [Theory]
    [InlineData("Upgrade: other\r\n")]
    [InlineData("")]
    public async Task A_switch_to_what_was_not_asked_for_is_502(string upgrade)
    {
        await using var backend = new RudeBackend($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{upgrade}\r\nGET /smuggled HTTP/1.1\r\n\r\n");
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        using var client = new TcpClient("127.0.0.1", front.Url.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 502 ", await RudeBackend.ReadHeadAsync(client.GetStream()).WaitAsync(Deadline.Default));
    }

    private static async Task<TcpClient> UpgradeAsync(TestServer front, string protocol)
    {
        var client = new TcpClient("127.0.0.1", front.Url.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 101 ", await RudeBackend.ReadHeadAsync(client.GetStream()).WaitAsync(Deadline.Default));
        return client;
    }

    private static async Task EchoWebSocketAsync(Stream stream, string head)
    {
        var key = head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
#pragma warning disable CA5350 // RFC 6455 section 1.3
        var accept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n"));
        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "chat" });
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(), default);
            if (read.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, default);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
    }
}
