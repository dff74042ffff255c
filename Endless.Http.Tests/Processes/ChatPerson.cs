using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>Somebody in the chat example, as its page is: comes back whenever the socket is closed, and sends again what it has not heard back.</summary>
internal sealed class ChatPerson(string name, string address) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _unheard = new();
    private readonly SemaphoreSlim _sending = new(1);
    private ClientWebSocket? _socket;
    private Task _living = Task.CompletedTask;
    private int _said;

    /// <summary>The texts of all messages that were heard, by identifier.</summary>
    public ConcurrentDictionary<string, string> Heard { get; } = new();

    /// <summary>How often each message was heard on one connection: more than once is a mistake of the server's.</summary>
    public ConcurrentBag<string> HeardTwice { get; } = [];

    /// <summary>With what each connection was closed by the server.</summary>
    public ConcurrentQueue<int> Closes { get; } = new();

    /// <summary>Comes, and stays until disposed of.</summary>
    public void Enter() => _living = Task.Run(LiveAsync);

    /// <summary>Says something, and waits until it is heard.</summary>
    public async Task SayAsync()
    {
        var id = $"{name}-{_said++}";
        _unheard[id] = $"{name} says {id}";
        if (Volatile.Read(ref _socket) is { } socket) await TrySendAsync(socket, id);
        await Deadline.UntilAsync(() => Heard.ContainsKey(id) || _living.IsFaulted, $"{id} is heard by its sender");
        if (_living.IsFaulted) await _living;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _living.WaitAsync(Deadline.Default);
        _stop.Dispose();
        _sending.Dispose();
    }

    private async Task LiveAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("chat");
            try
            {
                await socket.ConnectAsync(new Uri($"ws://{address}/socket"), _stop.Token);
                Volatile.Write(ref _socket, socket);
                foreach (var id in _unheard.Keys) await TrySendAsync(socket, id);
                await HearAsync(socket);
                Closes.Enqueue((int)socket.CloseStatus!.Value);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Deadline.Default);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
        }
    }

    private async Task HearAsync(ClientWebSocket socket)
    {
        var here = new HashSet<string>();
        var buffer = new byte[4096];
        while (true)
        {
            var length = 0;
            WebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), _stop.Token);
                length += result.Count;
            }
            while (!result.EndOfMessage);
            if (result.MessageType == WebSocketMessageType.Close) return;
            using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
            var id = message.RootElement.GetProperty("id").GetString()!;
            if (!here.Add(id)) HeardTwice.Add(id);
            Heard[id] = message.RootElement.GetProperty("text").GetString()!;
            _unheard.TryRemove(id, out _);
        }
    }

    /// <summary>Nothing where the socket is on its way out: it is said again on the next.</summary>
    private async Task TrySendAsync(ClientWebSocket socket, string id)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { id, text = _unheard.GetValueOrDefault(id, "") })), WebSocketMessageType.Text, endOfMessage: true, default);
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or ObjectDisposedException)
        {
        }
        finally
        {
            _sending.Release();
        }
    }
}
