using System.Collections.Concurrent;
using Endless.Http.Connections;
using Endless.Http.Logging;
using Endless.Http.Semantics;
using Endless.Http.Serving;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Testing;

/// <summary>Serves a handler with the protocol engines, on connections in memory.</summary>
internal sealed class MemoryHost : ITestHost
{
    private readonly CancellationTokenSource _draining = new();
    private readonly ConcurrentDictionary<MemoryConnection, Task> _serving = [];
    private readonly ProtocolContext _context;

    public MemoryHost(IHandler handler, ILogger? logger) =>
        _context = new ProtocolContext
        {
            Handler = handler,
            Logger = logger ?? new ConsoleLogger(generation: 1),
            // A test that is held up is not to be taken for a slow client.
            Limits = new ProtocolLimits { MinBodyBytesPerSecond = 0, LeastResponseRate = null },
            Timeouts = new ProtocolTimeouts { Linger = 0 },
            Draining = _draining.Token,
        };

    public Uri Url { get; } = new("http://localhost/");

    public SocketsHttpHandler CreateConnector() => new() { ConnectCallback = (_, _) => new(Connect()) };

    public async Task StopAsync(TimeSpan patience)
    {
        await _draining.CancelAsync().ConfigureAwait(false);
        foreach (var connection in _serving.Keys)
        {
            connection.RequestLeave(LeaveRequest.Drain);
            EndIfIdle(connection, connection.State);
        }
        var all = Task.WhenAll(_serving.Values);
        await Task.WhenAny(all, Task.Delay(patience)).ConfigureAwait(false);
        foreach (var connection in _serving.Keys) connection.Abort();
    }

    private Stream Connect()
    {
        var connection = new MemoryConnection { StateChanged = (changed, state) => EndIfIdle((MemoryConnection)changed, state) };
        _serving[connection] = Task.Run(() => ServeAsync(connection));
        return new ClientStream(connection);
    }

    /// <summary>A client that keeps its connection would hold up the stop: no deadline passes here. Called by both, whichever comes second: the stop, and the end of a request.</summary>
    private void EndIfIdle(MemoryConnection connection, ConnectionState state)
    {
        if (_draining.IsCancellationRequested && state is (ConnectionState.New or ConnectionState.Idle)) connection.ToServer.Complete();
    }

    private async Task ServeAsync(MemoryConnection connection)
    {
        var outcome = await ProtocolSelector.ServeAsync(connection, _context).ConfigureAwait(false);
        if (outcome != ConnectionOutcome.Hijacked) connection.Close();
        _serving.TryRemove(connection, out _);
    }
}
