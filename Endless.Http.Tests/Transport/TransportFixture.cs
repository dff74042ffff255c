using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Sockets;
using Endless.Http.Tests.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Transport;

/// <summary>A listener on a free port whose connections are served by a function; ends everything it began.</summary>
internal sealed class TransportFixture : IConnectionHandler, IDisposable
{
    public static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private readonly Func<Connection, Task<ConnectionOutcome>> _serve;
    private readonly List<Socket> _clients = [];
    private readonly SemaphoreSlim _endings = new(0);
    private readonly List<(Connection Connection, ConnectionOutcome Outcome)> _ended = [];

    public TransportFixture(Func<Connection, Task<ConnectionOutcome>> serve, string address = "127.0.0.1:0", int loops = 2,
        Func<IConnectionHandler, IConnectionHandler>? wrap = null, int? workerLimit = null, TcpKeepAlive? keepAlive = null)
    {
        _serve = serve;
        Group = new EventLoopGroup(loops, Log, workerLimit: workerLimit);
        Socket = ListenSocket.Bind(ListenAddress.Parse(address), keepAlive: keepAlive);
        Listener = new Listener(Group, Socket, wrap == null ? this : wrap(this));
        Listener.Start();
    }

    public LogRecorder Log { get; } = new();

    public EventLoopGroup Group { get; }

    public ListenSocket Socket { get; }

    public Listener Listener { get; }

    public Action<Connection>? Accepted { get; set; }

    public bool Refuse { get; set; }

    public async Task<Socket> ConnectAsync()
    {
        var endPoint = Socket.LocalEndPoint is IPEndPoint { Address: var any } ip && any.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, ip.Port)
            : Socket.LocalEndPoint!;
        var client = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _clients.Add(client);
        await client.ConnectAsync(endPoint).WaitAsync(Deadline);
        return client;
    }

    public async Task<(Connection Connection, ConnectionOutcome Outcome)> NextEndAsync()
    {
        Assert.True(await _endings.WaitAsync(Deadline), "No connection ended in time.");
        lock (_ended)
        {
            var end = _ended[0];
            _ended.RemoveAt(0);
            return end;
        }
    }

    /// <summary>The connections that were accepted.</summary>
    public ConcurrentBag<Connection> Live { get; } = [];

    public bool OnAccepted(Connection connection)
    {
        Live.Add(connection);
        Accepted?.Invoke(connection);
        return !Refuse;
    }

    public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => new(_serve(connection));

    public void OnEnded(Connection connection, ConnectionOutcome outcome)
    {
        lock (_ended) _ended.Add((connection, outcome));
        _endings.Release();
    }

    /// <summary>Sends back what arrives, until the client is done.</summary>
    public static async Task<ConnectionOutcome> EchoAsync(Connection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            foreach (var block in read.Buffer) await connection.Output.WriteAsync(block);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled) return ConnectionOutcome.Close;
        }
    }

    public void Dispose()
    {
        Listener.StopAcceptingAsync().GetAwaiter().GetResult(); // one that goes on might take a connection of the next listener with this number
        foreach (var client in _clients) client.Dispose();
        Group.Dispose();
        Socket.Dispose();
        Assert.DoesNotContain(Log.Entries, entry => entry.Level == LogLevel.Critical);   // an engine that failed
    }
}
