using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Server;

public class ConnectionTrackingTests
{
    private static async Task<string> RequestAsync(Socket client, string path)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline));
    }

    [Fact]
    public async Task Each_connection_is_there_with_what_it_does()
    {
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            if (r.Path == "/wait")
            {
                entered.SetResult();
                await go.Task;
            }
            w.Write("hello");
        }));
        var idle = await server.ConnectAsync();
        await RequestAsync(idle, "/");
        await RequestAsync(idle, "/");
        var active = await server.ConnectAsync();
        var answer = RequestAsync(active, "/wait");
        await entered.Task.WaitAsync(ServerFixture.Deadline);
        var fresh = await server.ConnectAsync();
        await Deadline.UntilAsync(() => server.Server.Connections is [{ State: ConnectionState.Idle }, _, _], "all are accepted");

        var connections = server.Server.Connections;
        Assert.Equal([ConnectionState.Idle, ConnectionState.Active, ConnectionState.New], connections.Select(connection => connection.State));
        Assert.Equal([2L, 0L, 0L], connections.Select(connection => connection.Requests));
        Assert.Equal(Unmapped(idle.LocalEndPoint), Unmapped(connections[0].RemoteEndPoint));
        Assert.Equal("HTTP/1.1", connections[0].Protocol);
        Assert.Null(connections[2].Protocol);
        Assert.False(connections[0].IsTls);
        Assert.True(connections[0].BytesReceived > 0 && connections[0].BytesSent > 0);
        Assert.True(connections[0].Age >= connections[0].TimeInState);

        var stats = server.Server.Stats;
        Assert.Equal((3, 1, 1, 1), (stats.Connections, stats.New, stats.Active, stats.Idle));
        Assert.Equal((3, 2, 0, 0), (stats.Accepted, stats.Requests, stats.HandedOver, stats.Dropped));
        Assert.Equal(0, stats.AcceptQueue);
        go.SetResult();
        await answer;
        fresh.Dispose();
        await Deadline.UntilAsync(() => server.Server.Stats is { New: 0, Requests: 3 }, "the fresh one is gone");
    }

    [Fact]
    public async Task What_nobody_accepts_yet_is_in_the_queue()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        var copy = Endless.Http.Native.Libc.fcntl((int)listener.Handle, Endless.Http.Native.Libc.F_DUPFD_CLOEXEC, 3);
        using var socket = Endless.Http.Sockets.ListenSocket.Inherit(copy, Endless.Http.Sockets.ListenAddress.Parse("127.0.0.1:0"));
        Assert.Equal(0, socket.QueueLength);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        await Deadline.UntilAsync(() => socket.QueueLength == 1, "it is in the queue");
    }

    [Fact]
    public async Task Every_step_of_a_connection_is_reported()
    {
        var states = new List<ConnectionState>();
        var closed = new TaskCompletionSource();
        using var server = new ServerFixture();
        server.Server.ConnectionStateChanged += (_, change) =>
        {
            lock (states) states.Add(change.State);
            if (change.State == ConnectionState.Closed) closed.SetResult();
        };
        await server.StartAsync();
        var client = await server.ConnectAsync();
        await RequestAsync(client, "/");
        client.Dispose();
        await closed.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal([ConnectionState.New, ConnectionState.Active, ConnectionState.Idle, ConnectionState.Closed], states);
    }

    [Fact]
    public void Time_in_states_is_counted_without_allocation()
    {
        var clock = new Endless.Http.Connections.StateClock();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) clock.Leave(ConnectionState.Active);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static EndPoint? Unmapped(EndPoint? address) => address is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : address;
}
