using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>RFC 6455 section 4: who is let in, and what the others are told.</summary>
public sealed class HandshakeTests
{
    private const string Good = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    [Fact]
    public async Task The_key_of_the_RFC_is_answered_as_there()
    {
        await using var server = await StartAsync();
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head);
    }

    [Theory]
    [InlineData("GET", "Connection: keep-alive, upgrade\r\nUpgrade: foo, WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", 101)]
    [InlineData("GET", "", 426)]
    [InlineData("GET", "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", 426)]
    [InlineData("GET", "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", 426)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", 426)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n", 426)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", 400)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: \r\nSec-WebSocket-Version: 13\r\n", 400)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\nSec-WebSocket-Version: 13\r\n", 400)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\nSec-WebSocket-Version: 13\r\n", 400)]
    [InlineData("GET", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", 400)]
    [InlineData("GET", Good + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400)]
    [InlineData("GET", Good + "Content-Length: 3\r\n\r\nabc", 400)]
    [InlineData("POST", Good, 405)]
    [InlineData("HEAD", Good, 405)]
    [InlineData("GET", Good + "Origin: http://localhost\r\n", 101)]
    [InlineData("GET", Good + "Origin: https://LOCALHOST\r\n", 101)]
    [InlineData("GET", Good + "Origin: http://localhost:80\r\n", 101)]
    [InlineData("GET", Good + "Origin: http://localhost:8080\r\n", 403)]
    [InlineData("GET", Good + "Origin: http://evil.example\r\n", 403)]
    [InlineData("GET", Good + "Origin: http://localhost.evil.example\r\n", 403)]
    [InlineData("GET", Good + "Origin: http://evil.example/localhost\r\n", 403)]
    [InlineData("GET", Good + "Origin: null\r\n", 403)]
    [InlineData("GET", Good + "Origin: \r\n", 403)]
    [InlineData("GET", Good + "Origin: http://localhost\r\nOrigin: http://evil.example\r\n", 403)]
    public async Task A_request_is_answered(string method, string fields, int status)
    {
        await using var server = await StartAsync();
        using var client = await FrameClient.OpenAsync(server);
        await client.SendAsync(Encoding.Latin1.GetBytes($"{method} / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n"));
        var head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head);
        if (status == 426) Assert.Contains("Sec-WebSocket-Version: 13\r\n", head);
        if (status == 426) Assert.Contains("Upgrade: websocket\r\n", head);
        if (status == 405) Assert.Contains("Allow: GET\r\n", head);
    }

    [Fact]
    public async Task Over_HTTP_1_0_and_2_there_is_none()
    {
        await using var server = await StartAsync();
        using var client = await FrameClient.OpenAsync(server);
        await client.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.0\r\nHost: localhost\r\n{Good}\r\n"));
        Assert.StartsWith("HTTP/1.1 400 ", await client.ReadHeadAsync());
        using var second = server.CreateClient(System.Net.HttpVersion.Version20);
        Assert.Equal(400, (int)(await second.GetAsync("/")).StatusCode);
    }

    [Theory]
    [InlineData("https://app.example", "https://app.example", 101)]
    [InlineData("https://app.example:443/", "https://App.example", 101)]
    [InlineData("https://app.example", "http://app.example", 403)]
    [InlineData("https://app.example", "https://app.example:8443", 403)]
    [InlineData("https://app.example", "https://other.example", 403)]
    [InlineData("*", "https://other.example", 101)]
    [InlineData("*", "null", 101)]
    public async Task Other_origins_are_let_in_by_name(string allowed, string origin, int status)
    {
        await using var server = await StartAsync(new WebSocketOptions { AllowedOrigins = [allowed] });
        using var client = await FrameClient.OpenAsync(server);
        await client.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\n{Good}Origin: {origin}\r\n\r\n"));
        Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadHeadAsync());
    }

    [Theory]
    [InlineData("chat, graphql-ws", "graphql-ws")]
    [InlineData("chat\r\nSec-WebSocket-Protocol: mqtt", "mqtt")]
    [InlineData("MQTT, chat", null)]
    [InlineData("graphql-ws, mqtt", "mqtt")]
    public async Task The_server_chooses_the_subprotocol(string offered, string? chosen)
    {
        await using var server = await StartAsync(new WebSocketOptions { Subprotocols = ["mqtt", "graphql-ws"] });
        using var client = await FrameClient.ConnectAsync(server, fields: $"Sec-WebSocket-Protocol: {offered}\r\n");
        if (chosen is null) Assert.DoesNotContain("Sec-WebSocket-Protocol", client.Head);
        else Assert.Contains($"Sec-WebSocket-Protocol: {chosen}\r\n", client.Head);
        Assert.Equal($"81 {chosen ?? "none"}", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Fields_of_the_handler_are_in_the_answer()
    {
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            w.Header["Set-Cookie"] = "a=b";
            w.Header["Content-Length"] = "5";
            await using var socket = await WebSocket.AcceptAsync(w, r);
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Contains("Set-Cookie: a=b\r\n", client.Head);
        Assert.DoesNotContain("Content-Length", client.Head);
    }

    [Fact]
    public async Task Frames_that_come_with_the_handshake_are_read()
    {
        await using var server = await StartAsync();
        using var client = await FrameClient.OpenAsync(server);
        await client.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\n{Good}\r\n"), FrameClient.Frame(0x81, "early"));
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync());
        Assert.Equal("81 none", await client.ReadTextAsync());
        Assert.Equal("81 early", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_response_that_has_begun_becomes_no_socket()
    {
        var thrown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            w.WriteHeader(200);
            thrown.SetResult(await Assert.ThrowsAsync<InvalidOperationException>(async () => await WebSocket.AcceptAsync(w, r)));
        });
        using var client = await FrameClient.OpenAsync(server);
        await client.SendAsync(Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\n{Good}\r\n"));
        await thrown.Task.WaitAsync(Endless.Http.Load.Deadline.Default);
    }

    private static Task<TestServer> StartAsync(WebSocketOptions? options = null) => TestServer.StartAsync(async (w, r) =>
    {
        await using var socket = await WebSocket.AcceptAsync(w, r, options);
        if (socket is null) return;
        await socket.SendTextAsync(socket.Subprotocol ?? "none");
        await foreach (var message in socket.Messages()) await socket.SendAsync(message);
    });
}
