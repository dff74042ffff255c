using System.Collections.Concurrent;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>A server for all tests of a class that sends back what comes, and says what the socket of each path ended with.</summary>
public sealed class EchoServer : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Code, string Reason)>> _ended = [];
    private TestServer? _server;
    private int _paths;

    internal TestServer Server => _server!;

    /// <summary>A path that no other test has.</summary>
    internal string NextPath() => $"/{Interlocked.Increment(ref _paths)}";

    /// <summary>What the socket of a path ended with.</summary>
    internal Task<(int Code, string Reason)> EndedAsync(string path) => Of(path).Task.WaitAsync(Deadline.Default);

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(async (w, r) =>
    {
        await using var socket = await WebSocket.AcceptAsync(w, r);
        if (socket is null) return;
        await foreach (var message in socket.Messages()) await socket.SendAsync(message);
        Of(r.Path).TrySetResult((socket.CloseCode, socket.CloseReason));
    });

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private TaskCompletionSource<(int Code, string Reason)> Of(string path) => _ended.GetOrAdd(path, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
