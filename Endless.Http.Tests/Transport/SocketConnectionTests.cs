using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks.Sources;
using Endless.Http.Connections;
using Endless.Http.Sockets;

namespace Endless.Http.Tests.Transport;

public class SocketConnectionTests
{
    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    [InlineData(":0")]
    [InlineData("unix:")]
    public async Task EchoesOnEveryKindOfAddress(string address)
    {
        if (address == "unix:") address += Path.Combine(Path.GetTempPath(), $"endless-{Guid.NewGuid():N}.sock");
        using var server = new TransportFixture(TransportFixture.EchoAsync, address);
        var client = await server.ConnectAsync();
        for (var i = 0; i < 100; i++) Assert.Equal($"message {i}", await ExchangeAsync(client, $"message {i}"));
    }

    [Fact]
    public async Task A_cancel_before_the_start_begins_the_flow_without_a_byte()
    {
        using var fixture = new TransportFixture(async connection =>
        {
            Assert.True((await connection.Input.ReadAsync()).IsCanceled);
            return ConnectionOutcome.Close;
        });
        fixture.Accepted = connection => connection.Input.CancelPendingRead();
        await fixture.ConnectAsync();
        Assert.Equal(ConnectionOutcome.Close, (await fixture.NextEndAsync()).Outcome);
    }

    /// <summary>The state of a flow that had to wait is pooled: who asks for its result a second time gets another flow's, or an exception that ends the process.</summary>
    [Fact]
    public async Task The_outcome_of_a_flow_that_another_thread_has_completed_is_asked_for_once()
    {
        var handler = new OnceHandler();
        using var fixture = new TransportFixture(TransportFixture.EchoAsync, wrap: next => handler.Before(next));
        var client = await fixture.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(ConnectionOutcome.Close, (await fixture.NextEndAsync()).Outcome);
        Assert.Equal(1, handler.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_engine_is_called_again_with_each_message(bool afterAWait)
    {
        var calls = 0;
        using var fixture = new TransportFixture(async connection =>
        {
            if (afterAWait) await Task.Yield();
            calls++;
            while (connection.Input.TryRead(out var read))
            {
                foreach (var block in read.Buffer) await connection.Output.WriteAsync(block);
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return ConnectionOutcome.Close;
            }
            return ConnectionOutcome.Idle;
        });
        var client = await fixture.ConnectAsync();
        for (var i = 0; i < 100; i++) Assert.Equal($"message {i}", await ExchangeAsync(client, $"message {i}"));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(ConnectionOutcome.Close, (await fixture.NextEndAsync()).Outcome);
        Assert.InRange(calls, 101, int.MaxValue);
    }

    [Fact]
    public async Task An_idle_engine_is_called_again_at_its_deadline()
    {
        var calls = 0;
        using var fixture = new TransportFixture(connection =>
        {
            if (calls++ > 0 && Environment.TickCount64 >= connection.ReadDeadline) return Task.FromResult(ConnectionOutcome.Close);
            if (connection.Input.TryRead(out var read)) connection.Input.AdvanceTo(read.Buffer.End);
            connection.ReadDeadline = Environment.TickCount64 + 50;
            return Task.FromResult(ConnectionOutcome.Idle);
        });
        var client = await fixture.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(ConnectionOutcome.Close, (await fixture.NextEndAsync()).Outcome);
    }

    [Fact]
    public async Task An_idle_engine_is_called_again_when_it_is_to_leave()
    {
        using var fixture = new TransportFixture(connection =>
        {
            if (connection.Leave != LeaveRequest.None) return Task.FromResult(ConnectionOutcome.Close);
            if (connection.Input.TryRead(out var read)) connection.Input.AdvanceTo(read.Buffer.End);
            _ = Task.Run(() => connection.RequestLeave(LeaveRequest.Drain));
            return Task.FromResult(ConnectionOutcome.Idle);
        });
        var client = await fixture.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(ConnectionOutcome.Close, (await fixture.NextEndAsync()).Outcome);
    }

    [Fact]
    public async Task EchoesMegabytesInOrderToASlowReader()
    {
        using var server = new TransportFixture(TransportFixture.EchoAsync);
        var client = await server.ConnectAsync();
        var sent = new byte[20_000_000];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < sent.Length; i += 100_000) await client.SendAsync(sent.AsMemory(i, 100_000));
            client.Shutdown(SocketShutdown.Send);
        });
        var received = new MemoryStream();
        var buffer = new byte[9_973];
        for (int n; (n = await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline)) > 0;) received.Write(buffer, 0, n);
        await sending;
        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task AReadGivesUpAtItsDeadline()
    {
        var seen = new TaskCompletionSource<(bool Canceled, bool TimedOut)>();
        using var server = new TransportFixture(async connection =>
        {
            var first = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(first.Buffer.End);
            connection.ReadDeadline = Environment.TickCount64 + 50;
            var second = await connection.Input.ReadAsync();
            seen.SetResult((second.IsCanceled, connection.ReadTimedOut));
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal((true, true), await seen.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task AConnectionThatSaysNothingIsServedOnlyAtItsDeadline()
    {
        var seen = new TaskCompletionSource<(bool Canceled, bool TimedOut)>();
        using var server = new TransportFixture(async connection =>
        {
            var read = await connection.Input.ReadAsync();
            seen.SetResult((read.IsCanceled, connection.ReadTimedOut));
            return ConnectionOutcome.Close;
        });
        server.Accepted = connection => connection.ReadDeadline = Environment.TickCount64 + 50;
        var client = await server.ConnectAsync();
        Assert.Equal((true, true), await seen.Task.WaitAsync(TransportFixture.Deadline));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task AFlushToAClientThatNeverReadsGivesUpAtItsDeadline()
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.WriteDeadline = Environment.TickCount64 + 200;
            while (!(await connection.Output.WriteAsync(new byte[1_000_000])).IsCompleted) { }
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(ConnectionOutcome.Close, (await server.NextEndAsync()).Outcome);
    }

    [Fact]
    public async Task AbortEndsAReadAndAFlushFromAnotherThread()
    {
        foreach (var write in new[] { false, true })
        {
            var begun = new TaskCompletionSource<Connection>();
            using var server = new TransportFixture(async connection =>
            {
                var first = await connection.Input.ReadAsync();
                connection.Input.AdvanceTo(first.Buffer.End);
                begun.SetResult(connection);
                if (write) while (!(await connection.Output.WriteAsync(new byte[1_000_000])).IsCompleted) { }
                else Assert.True((await connection.Input.ReadAsync()).IsCompleted);
                return ConnectionOutcome.Close;
            });
            var client = await server.ConnectAsync();
            await client.SendAsync("x"u8.ToArray());
            (await begun.Task.WaitAsync(TransportFixture.Deadline)).Abort();
            await server.NextEndAsync();
        }
    }

    [Fact]
    public async Task AResetIsTheEndOfTheStreamAndNoException()
    {
        using var server = new TransportFixture(TransportFixture.EchoAsync);
        var client = await server.ConnectAsync();
        await ExchangeAsync(client, "hello");
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        Assert.Equal(ConnectionOutcome.Close, (await server.NextEndAsync()).Outcome);
    }

    [Fact]
    public async Task AHalfCloseIsReportedWhileTheAnswerCanStillBeSent()
    {
        var closed = new TaskCompletionSource();
        using var server = new TransportFixture(async connection =>
        {
            connection.Observe(new PeerClosedSignal(closed));
            await closed.Task;
            // Read first: a socket closed over unread bytes resets, and takes the answer with it.
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            await connection.Output.WriteAsync("still here"u8.ToArray());
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("still here", await ReceiveAllAsync(client));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task The_bytes_of_a_write_that_was_canceled_before_it_began_are_in_the_output(int count)
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            var bytes = new byte[count];
            Array.Fill(bytes, (byte)'a');
            await Assert.ThrowsAsync<TaskCanceledException>(() => connection.Output.WriteAsync(bytes, new CancellationToken(canceled: true)).AsTask());
            Assert.Equal(count, connection.Output.UnflushedBytes);
            Array.Clear(bytes); // the caller's again
            await connection.Output.WriteAsync("b"u8.ToArray());
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        client.Send("x"u8);
        Assert.Equal(new string('a', count) + "b", await ReceiveAllAsync(client));
        await server.NextEndAsync();
    }

    [Fact]
    public async Task OutputThatIsBrokenBeforeAFlushWaitsEndsIt()
    {
        using var server = new TransportFixture(async connection =>
        {
            connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.End);
            connection.BreakOutput();
            // This is what a flush looks for that found the socket full before and falls asleep only now.
            Assert.True(((SocketWriter)connection.Output).Wait.HasCancel);
            for (var i = 0; i < 2; i++)
            {
                Assert.True(await connection.Output.WriteAsync(new byte[10_000]) is { IsCompleted: true, IsCanceled: false });
                Assert.Equal(0, connection.Output.UnflushedBytes);
            }
            return ConnectionOutcome.Close;
        });
        var client = await server.ConnectAsync();
        client.Send("x"u8);
        await server.NextEndAsync();
        Assert.Equal("", await ReceiveAllAsync(client));
    }

    [Fact]
    public async Task AHandedOverConnectionGoesOnWithItsUnreadBytes()
    {
        using var server = new TransportFixture(async connection =>
        {
            var read = await connection.Input.ReadAsync();
            if (connection.Leave == LeaveRequest.HandOver)
            {
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                return ConnectionOutcome.HandOver;
            }
            // "half" stays unread, as a half-received request would.
            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            while (true)
            {
                read = await connection.Input.ReadAsync();
                var leave = connection.Leave == LeaveRequest.HandOver;
                var whole = Encoding.ASCII.GetString(read.Buffer) == "half and half";
                connection.Input.AdvanceTo(whole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                if (leave) return ConnectionOutcome.HandOver;
                if (whole) await connection.Output.WriteAsync("whole"u8.ToArray());
                if (read.IsCompleted) return ConnectionOutcome.Close;
            }
        });
        var accepted = new TaskCompletionSource<Connection>();
        server.Accepted = accepted.SetResult;
        var client = await server.ConnectAsync();
        await client.SendAsync("half"u8.ToArray());
        var connection = (SocketConnection)await accepted.Task.WaitAsync(TransportFixture.Deadline);
        while (connection.BytesReceived < 4) await Task.Yield();
        connection.RequestLeave(LeaveRequest.HandOver);
        var (ended, outcome) = await server.NextEndAsync();
        Assert.Equal(ConnectionOutcome.HandOver, outcome);
        var unread = ((SocketConnection)ended).Unread;
        Assert.Equal("half", Encoding.ASCII.GetString(unread));

        // As the next generation would, with a descriptor of its own for the same open file.
        var copy = Endless.Http.Native.Libc.dup(connection.Descriptor);
        server.Accepted = null;
        var adopted = server.Listener.Adopt(copy, Encoding.ASCII.GetBytes("half"), requestsServed: 3);
        Assert.NotNull(adopted);
        Assert.Equal(3, adopted.RequestsServed);
        connection.Close();
        adopted.Start();
        await client.SendAsync(" and half"u8.ToArray());
        var buffer = new byte[100];
        Assert.Equal("whole", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline)));
    }

    [Fact]
    public async Task ARefusedConnectionIsClosed()
    {
        using var server = new TransportFixture(TransportFixture.EchoAsync) { Refuse = true };
        var client = await server.ConnectAsync();
        Assert.Equal(ConnectionOutcome.Close, (await server.NextEndAsync()).Outcome);
        Assert.Equal("", await ReceiveAllAsync(client));
    }

    private static async Task<string> ExchangeAsync(Socket client, string message)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(message));
        var buffer = new byte[message.Length];
        for (var n = 0; n < buffer.Length;)
        {
            var received = await client.ReceiveAsync(buffer.AsMemory(n)).AsTask().WaitAsync(TransportFixture.Deadline);
            Assert.NotEqual(0, received);
            n += received;
        }
        return Encoding.ASCII.GetString(buffer);
    }

    private static async Task<string> ReceiveAllAsync(Socket client)
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        for (int n; (n = await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline)) > 0;) all.Write(buffer, 0, n);
        return Encoding.ASCII.GetString(all.ToArray());
    }

    /// <summary>Its flows are done when they are looked at, and count who asks for their outcome.</summary>
    private sealed class OnceHandler : IConnectionHandler, IValueTaskSource<ConnectionOutcome>
    {
        private IConnectionHandler? _next;

        public int Asked { get; private set; }

        public OnceHandler Before(IConnectionHandler next)
        {
            _next = next;
            return this;
        }

        public bool OnAccepted(Connection connection) => _next!.OnAccepted(connection);

        public ValueTask<ConnectionOutcome> ServeAsync(Connection connection) => new(this, 0);

        public void OnEnded(Connection connection, ConnectionOutcome outcome) => _next!.OnEnded(connection, outcome);

        public ConnectionOutcome GetResult(short token)
        {
            Asked++;
            return ConnectionOutcome.Close;
        }

        public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Succeeded;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => continuation(state);
    }
}
