using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Tls;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Connections that a handler took over, in real processes that restart and stop.</summary>
public sealed class HijackRestartTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("ws", "/socket")]
    [InlineData("wss", "/socket")]
    [InlineData("ws", "/socket-afterwards")]
    public async Task A_WebSocket_outlives_the_restart_and_ends_by_its_closing_handshake(string scheme, string path)
    {
        _files.Write();
        await using var app = await RestartApp.StartAsync(["serve 127.0.0.1:0", "sockets", .. scheme == "wss" ? (string[])[$"tls {_files.Certificate} {_files.Key}"] : []]);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"{scheme}://{app.Server.Addresses[0]}{path}"), default).WaitAsync(Deadline.Default);
        Assert.Equal($"one {app.Pid}", await AskAsync(socket, "one"));

        var next = await app.Server.RestartAsync();
        await app.SaysAsync($"waits for sockets, pid {app.Pid}");
        await app.SaysAsync("stopped accepting; finishing 0 connection(s).");
        Assert.Equal("leaving", await ReceiveAsync(socket));
        Assert.Equal($"two {app.Pid}", await AskAsync(socket, "two"));
        using var second = new ClientWebSocket();
        second.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await second.ConnectAsync(new Uri($"{scheme}://{app.Server.Addresses[0]}{path}"), default).WaitAsync(Deadline.Default);
        Assert.Equal($"new {next}", await AskAsync(second, "new"));

        await SendAsync(socket, "close");
        Assert.Null(await ReceiveAsync(socket));
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "restart"), (socket.CloseStatus, socket.CloseStatusDescription));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Deadline.Default);
        await app.SaysAsync($"socket ended as {WebSocketState.Closed}, pid {app.Pid}");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("hammer time"));
    }

    [Theory]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGHUP)]
    public async Task A_process_ends_without_waiting_for_a_handler_that_stays_inside(Signum signal)
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 3600000", "initiated 3600000");
        using var client = await HijackAsync(app);
        // SIGUSR2 ends only what the application waits for here: so long it is seen that the read goes on.
        if (signal == Signum.SIGHUP) await app.Server.RestartAsync();
        else app.Server.Signal(signal);
        await app.SaysAsync("stopped accepting; finishing 0 connection(s).");
        await client.SendAsync("hello"u8.ToArray());
        await app.SaysAsync($"hijack was told 5 False False, pid {app.Pid}");
        app.Server.Signal(Signum.SIGUSR2, app.Pid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.SaysAsync($"returned, pid {app.Pid}"); // said before the end, and read on its own time
    }

    [Fact]
    public async Task A_stop_with_a_read_under_way_is_over_long_before_hammer_time()
    {
        await using var app = await RestartApp.StartAsync("serve 127.0.0.1:0", "hammer 3600000");
        using var client = await HijackAsync(app);
        app.Server.Signal(Signum.SIGTERM);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("hijack was told"));
    }

    private static async Task<Socket> HijackAsync(RestartApp app)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(app.Server.EndPoint).WaitAsync(Deadline.Default);
        await client.SendAsync("GET /hijack HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await app.SaysAsync("hijack begins");
        return client;
    }

    private static async Task<string?> AskAsync(System.Net.WebSockets.WebSocket socket, string text)
    {
        await SendAsync(socket, text);
        return await ReceiveAsync(socket);
    }

    private static Task SendAsync(System.Net.WebSockets.WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default).WaitAsync(Deadline.Default);

    /// <summary>The next message; null for the close.</summary>
    private static async Task<string?> ReceiveAsync(System.Net.WebSockets.WebSocket socket)
    {
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, default).WaitAsync(Deadline.Default);
        return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
