namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Sends back what comes, and remembers what the last socket ended with.</summary>
internal sealed class EchoHandler(WebSocketOptions? options = null) : IHandler
{
    private readonly TaskCompletionSource<(int Code, string Reason)> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<(int Code, string Reason)> Ended => _ended.Task;

    /// <summary>Messages received.</summary>
    public int Count { get; private set; }

    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        await using var socket = await WebSocket.AcceptAsync(w, r, options);
        if (socket is null) return;
        await foreach (var message in socket.Messages(default))
        {
            Count++;
            await socket.SendAsync(message);
        }
        _ended.TrySetResult((socket.CloseCode, socket.CloseReason));
    }
}
