using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.RestartApp;

/// <summary>WebSockets that send back what they get. When their generation leaves each says so, and goes on until its client asks for the close.</summary>
internal sealed class EchoSockets
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _serving = [];

    /// <summary>Completes when there is none any more.</summary>
    public async Task EndedAsync()
    {
        while (true)
        {
            Task[] serving;
            lock (_lock) serving = [.. _serving.Where(task => !task.IsCompleted)];
            if (serving.Length == 0) return;
            await Task.WhenAll(serving);
        }
    }

    /// <summary>Takes the connection over. Completes when the WebSocket has ended; it does not depend on anybody waiting for that.</summary>
    public Task AcceptAsync(ResponseWriter w, Request r)
    {
        var serving = ServeAsync(w.Hijack(), r.Header["Sec-WebSocket-Key"] ?? "");
        lock (_lock) _serving.Add(serving);
        return serving;
    }

    private static async Task ServeAsync(HijackedConnection connection, string key)
    {
        await using var stream = connection.AsStream();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))); // RFC 6455 section 4.2.2
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var leaving = LeaveAsync(socket, connection.Draining);
        var buffer = new byte[100];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, default);
            if (received.MessageType == WebSocketMessageType.Close) break;
            var text = Encoding.UTF8.GetString(buffer, 0, received.Count);
            if (text == "close")
            {
                await leaving;
                await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "restart", default);
                break;
            }
            await SendAsync(socket, $"{text} {Environment.ProcessId}");
        }
        Console.WriteLine($"socket ended as {socket.State}, pid {Environment.ProcessId}");
    }

    private static async Task LeaveAsync(System.Net.WebSockets.WebSocket socket, CancellationToken draining)
    {
        await Task.Delay(Timeout.Infinite, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SendAsync(socket, "leaving");
    }

    private static Task SendAsync(System.Net.WebSockets.WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);
}
