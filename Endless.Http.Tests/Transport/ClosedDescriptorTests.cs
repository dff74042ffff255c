using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Tests.Native;

namespace Endless.Http.Tests.Transport;

/// <summary>Descriptor reuse: what is done late, on a connection that is closed, meets nobody who has got its number since.</summary>
public sealed class ClosedDescriptorTests
{
    private const int Attempts = 100; // other tests of this process open files too, and may be first

    [Fact]
    public async Task Late_calls_do_not_touch_the_next_connection_with_the_number()
    {
        using var server = new TransportFixture(EchoOnceOrAlwaysAsync, loops: 1);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // The client's own descriptor is there before, so that the number is free for the server's.
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var closed = await CloseOneAsync(server);
            await client.ConnectAsync(server.Socket.LocalEndPoint!);
            await ExchangeAsync(client, "first");
            if (!server.Live.Any(connection => connection != closed && ((SocketConnection)connection).Descriptor == closed.Descriptor)) continue;

            await LateCallsAsync(closed);
            await ExchangeAsync(client, "second");
            return;
        }
        Assert.Fail("No number was used again.");
    }

    [Fact]
    public async Task Late_calls_do_not_touch_a_stranger_with_the_number()
    {
        using var server = new TransportFixture(EchoOnceOrAlwaysAsync);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var stranger = new SocketPair();
            var closed = await CloseOneAsync(server);
            var taken = stranger.TryTake(closed.Descriptor);
            if (taken)
            {
                stranger.SendToNear("kept"u8);
                await LateCallsAsync(closed);
                closed.Start();
                Assert.DoesNotContain(closed.Descriptor, Watched());
                Assert.Equal(4, SocketPair.Receive(closed.Descriptor));
                Assert.Equal(-Errno.EAGAIN, SocketPair.Receive(closed.Descriptor));
                Assert.Equal(-Errno.EAGAIN, stranger.ReceiveFromNear());
                _ = Libc.close(closed.Descriptor);
            }
            _ = Libc.close(stranger.Near);
            if (taken) return;
        }
        Assert.Fail("No number could be taken.");
    }

    [Fact]
    public async Task A_flush_that_sleeps_when_the_connection_is_closed_ends()
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            connection.Tag = connection.Output.WriteAsync(new byte[100_000_000]).AsTask();
            await Deadline.UntilAsync(() => ((SocketWriter)connection.Output).Wait.IsWaiting, "the client's window is full");
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        var (ended, _) = await server.NextEndAsync();
        Assert.True((await ((Task<System.IO.Pipelines.FlushResult>)ended.Tag!).WaitAsync(TransportFixture.Deadline)).IsCompleted);
    }

    /// <summary>Another process may be answering on it by now.</summary>
    [Fact]
    public async Task Nothing_is_sent_late_on_a_connection_that_is_on_its_way_to_another_process()
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            return ConnectionOutcome.HandOver;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        var connection = (SocketConnection)(await server.NextEndAsync()).Connection;
        Assert.True((await connection.Output.WriteAsync("late"u8.ToArray())).IsCompleted);
        connection.ShutdownWrite();
        connection.Abort();
        Assert.Equal(2, SendBy(connection.Descriptor, "ok"u8));
        connection.Close();
        var received = new byte[100];
        Assert.Equal("ok", Encoding.ASCII.GetString(received, 0, await client.ReceiveAsync(received).WaitAsync(TransportFixture.Deadline)));
        Assert.Equal(0, await client.ReceiveAsync(received).WaitAsync(TransportFixture.Deadline));
    }

    /// <summary>Handlers that write on when their connection is closed, while new ones take its number at once: each client receives what it sent, and nothing else.</summary>
    [Fact]
    public async Task Late_writes_reach_nobody_while_numbers_are_used_again_at_once()
    {
        const int clients = 6, connections = 300;
        var late = new LateWriters();
        using var server = new TransportFixture(EchoOnceOrAlwaysAsync, wrap: late.Before);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(n => Task.Run(async () =>
        {
            var received = new byte[1000];
            for (var i = 0; i < connections; i++)
            {
                using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await client.ConnectAsync(server.Socket.LocalEndPoint!);
                var id = $"last {n}-{i}";
                await client.SendAsync(Encoding.ASCII.GetBytes(id));
                var length = 0;
                for (int count; (count = await client.ReceiveAsync(received.AsMemory(length)).AsTask().WaitAsync(TransportFixture.Deadline)) > 0;) length += count;
                Assert.Equal(id, Encoding.ASCII.GetString(received, 0, length));
            }
        })));
        // The last ones' end may come behind the client's.
        await Deadline.UntilAsync(() => late.Connections >= clients * connections, "every connection has ended");
        await late.Ended.WaitAsync(TransportFixture.Deadline);
        Assert.Equal(clients * connections, late.Connections);
    }

    [Fact]
    public void A_listener_stays_open_while_somebody_is_inside_and_refuses_afterwards()
    {
        var socket = ListenSocket.Bind(ListenAddress.Parse("127.0.0.1:0"));
        Assert.Equal(0, socket.QueueLength);
        Assert.True(socket.Descriptor.TryEnter());
        socket.Dispose();
        Assert.Null(socket.QueueLength);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(socket.LocalEndPoint!);
        socket.Descriptor.Leave();
        using var refused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => refused.Connect(socket.LocalEndPoint!)).SocketErrorCode);
    }

    /// <summary>Everything that a flow or another thread can do to a connection.</summary>
    private static async Task LateCallsAsync(SocketConnection connection)
    {
        await connection.Output.WriteAsync("late"u8.ToArray());
        await connection.Output.WriteAsync(new byte[10_000]);
        connection.Output.GetSpan(4)[0] = 1;
        connection.Output.Advance(4);
        connection.FlushNow();
        Assert.True((await connection.Output.FlushAsync()).IsCompleted);
        connection.WatchOutput();
        connection.Close();
        connection.ShutdownWrite();
        var read = await connection.Input.ReadAsync();
        Assert.True(read is { IsCompleted: true, Buffer.IsEmpty: true });
        _ = connection.LocalEndPoint;
        connection.BreakOutput();
        connection.RequestLeave(LeaveRequest.Drain);
        connection.Abort();
        connection.Close();
    }

    /// <summary>A connection that was served and is closed.</summary>
    private static async Task<SocketConnection> CloseOneAsync(TransportFixture server)
    {
        var client = await server.ConnectAsync();
        await ExchangeAsync(client, "last");
        return (SocketConnection)(await server.NextEndAsync()).Connection;
    }

    /// <summary>Sends back what arrives; after something that begins with "last" the connection is closed.</summary>
    private static async Task<ConnectionOutcome> EchoOnceOrAlwaysAsync(Connection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            var bytes = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
            connection.Input.AdvanceTo(read.Buffer.End);
            await connection.Output.WriteAsync(bytes);
            if (read.IsCompleted || read.IsCanceled || bytes.AsSpan().StartsWith("last"u8)) return ConnectionOutcome.Close;
        }
    }

    private static async Task ExchangeAsync(Socket client, string message)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(message));
        var received = new byte[1000];
        var count = await client.ReceiveAsync(received).WaitAsync(TransportFixture.Deadline);
        Assert.Equal(message, Encoding.ASCII.GetString(received, 0, count));
    }

    private static unsafe int SendBy(int number, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return (int)Libc.send(number, start, (nuint)bytes.Length, Libc.MSG_NOSIGNAL);
    }

    /// <summary>The numbers that this process's epoll instances watch.</summary>
    private static List<int> Watched()
    {
        var watched = new List<int>();
        foreach (var link in new DirectoryInfo("/proc/self/fd").GetFileSystemInfos())
        {
            if (link.LinkTarget != "anon_inode:[eventpoll]") continue;
            foreach (var line in File.ReadLines($"/proc/self/fdinfo/{link.Name}"))
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["tfd:", var number, ..]) watched.Add(int.Parse(number));
        }
        return watched;
    }

    /// <summary>Writes on each connection after its end, again and again, as a handler does that nobody waited for.</summary>
    private sealed class LateWriters
    {
        private const int Writes = 40;

        private readonly ConcurrentBag<Task> _writing = [];

        public int Connections => _writing.Count;

        /// <summary>The last of them has ended, and none has failed. Once no new ones come.</summary>
        public Task Ended => Task.WhenAll(_writing);

        public IConnectionHandler Before(IConnectionHandler next) => new Wrapper(this, next);

        private static async Task WriteAsync(Connection connection)
        {
            var text = Encoding.ASCII.GetBytes($"late bytes of connection {connection.Id}");
            for (var i = 0; i < Writes; i++)
            {
                await connection.Output.WriteAsync(text);
                await Task.Yield();
            }
        }

        private sealed class Wrapper(LateWriters writers, IConnectionHandler next) : IConnectionHandler
        {
            public bool OnAccepted(Connection connection) => next.OnAccepted(connection);

            public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => next.ServeAsync(connection);

            public void OnEnded(Connection connection, ConnectionOutcome outcome)
            {
                writers._writing.Add(Task.Run(() => WriteAsync(connection)));
                next.OnEnded(connection, outcome);
            }
        }
    }
}
