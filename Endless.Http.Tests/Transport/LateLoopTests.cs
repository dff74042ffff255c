using System.Net.Sockets;
using Endless.Http.Connections;
using Endless.Http.Sockets;

namespace Endless.Http.Tests.Transport;

/// <summary>A loop that is held up past a deadline: what had come by then is taken, and only what had not come is late.</summary>
public sealed class LateLoopTests
{
    private const long Timeout = 50;

    // Not before the loop is held, which may take a while: then the deadline is brought forward.
    private const long Far = 60_000;

    [Fact]
    public async Task A_read_takes_what_had_come_when_its_deadline_is_looked_at_late()
    {
        var seen = new TaskCompletionSource<(long Length, bool Canceled, bool TimedOut)>();
        using var held = new HeldLoop(async connection =>
        {
            await TakeAsync(connection);
            connection.ReadDeadline = connection.Now + Far;
            var read = await connection.Input.ReadAsync();
            seen.SetResult((read.Buffer.Length, read.IsCanceled, connection.ReadTimedOut));
            return ConnectionOutcome.Close;
        });
        var client = await held.ConnectAsync();
        await held.HoldPastDeadlineAsync(() => client.Send("late"u8));
        Assert.Equal((4, false, false), await seen.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task A_first_read_takes_what_had_come_when_its_deadline_is_looked_at_late()
    {
        var seen = new TaskCompletionSource<(long Length, bool TimedOut)>();
        using var held = new HeldLoop(async connection =>
        {
            var read = await connection.Input.ReadAsync();
            seen.SetResult((read.Buffer.Length, connection.ReadTimedOut));
            return ConnectionOutcome.Close;
        });
        held.Fixture.Accepted = connection => connection.ReadDeadline = connection.Now + Far;
        var client = await held.Fixture.ConnectAsync();
        await held.HoldPastDeadlineAsync(() => client.Send("late"u8));
        Assert.Equal((4, false), await seen.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task An_idle_engine_finds_what_had_come_when_its_deadline_is_looked_at_late()
    {
        var seen = new TaskCompletionSource<(long Length, bool TimedOut)>();
        var hasBegun = false;
        using var held = new HeldLoop(connection =>
        {
            var timedOut = connection.ReadTimedOut;
            var length = connection.Input.TryRead(out var read) ? read.Buffer.Length : 0;
            if (length > 0) connection.Input.AdvanceTo(read.Buffer.End);
            if (!hasBegun)
            {
                hasBegun = length > 0;
                if (hasBegun) connection.ReadDeadline = connection.Now + Far;
                return Task.FromResult(ConnectionOutcome.Idle);
            }
            seen.SetResult((length, timedOut));
            return Task.FromResult(ConnectionOutcome.Close);
        });
        var client = await held.ConnectAsync();
        await held.HoldPastDeadlineAsync(() => client.Send("late"u8));
        Assert.Equal((4, false), await seen.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task A_flush_sends_to_a_client_that_had_read_when_its_deadline_is_looked_at_late()
    {
        var flushed = new TaskCompletionSource<bool>();
        using var held = new HeldLoop(async connection =>
        {
            await TakeAsync(connection);
            // Filled first, so that the flush that waits has little to send.
            while (true)
            {
                var flush = connection.Output.WriteAsync(new byte[100_000]);
                if (flush.IsCompleted) continue;
                connection.WriteDeadline = connection.Now + Far;
                ((SocketConnection)connection).NoteDeadline(connection.WriteDeadline);
                flushed.SetResult((await flush).IsCompleted);
                return ConnectionOutcome.Close;
            }
        });
        var client = await held.ConnectAsync();
        await held.HoldPastDeadlineAsync(() => ReadAll(client));
        Assert.False(await flushed.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task A_byte_now_and_then_does_not_put_a_deadline_off()
    {
        using var fixture = new TransportFixture(async connection =>
        {
            connection.ReadDeadline = connection.Now + Timeout;
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                if (read.IsCanceled || read.IsCompleted) return ConnectionOutcome.Close;
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        var client = await fixture.ConnectAsync();
        var ended = fixture.NextEndAsync();
        try
        {
            while (!ended.IsCompleted) await client.SendAsync("x"u8.ToArray());
        }
        catch (SocketException)
        {
            // It was closed.
        }
        await ended;
    }

    private static async Task TakeAsync(Connection connection)
    {
        var read = await connection.Input.ReadAsync();
        connection.Input.AdvanceTo(read.Buffer.End);
    }

    private static void ReadAll(Socket client)
    {
        var buffer = new byte[1_000_000];
        while (client.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead) && client.Receive(buffer) > 0) { }
    }

    /// <summary>One loop, from which nobody takes a callback that blocks.</summary>
    private sealed class HeldLoop : IDisposable
    {
        public HeldLoop(Func<Connection, Task<ConnectionOutcome>> serve)
        {
            Fixture = new TransportFixture(serve, loops: 1);
            Fixture.Group.Monitor.Stop();
        }

        public TransportFixture Fixture { get; }

        public async Task<Socket> ConnectAsync()
        {
            var client = await Fixture.ConnectAsync();
            await client.SendAsync("x"u8.ToArray());
            return client;
        }

        /// <summary>Holds the loop, lets the connection's deadline pass, and has it look at the connection right then, before it asks the kernel what is ready.</summary>
        public async Task HoldPastDeadlineAsync(Action meanwhile)
        {
            Connection? connection;
            while (!Fixture.Live.TryPeek(out connection) || Math.Min(connection.ReadDeadline, connection.WriteDeadline) == Connection.NoDeadline) await Task.Yield();
            var loop = Fixture.Group.Loops[0];
            var first = new Hold();
            var second = new Hold();
            loop.Post(first);
            first.WaitUntilHeld();
            // Both in one round, which the loop does without a poll in between.
            loop.Post(second);
            ((SocketConnection)connection).PostCheck();
            first.Release();
            second.WaitUntilHeld();
            meanwhile();
            var deadline = connection.Now + Timeout;
            if (connection.ReadDeadline != Connection.NoDeadline) connection.ReadDeadline = deadline;
            if (connection.WriteDeadline != Connection.NoDeadline) connection.WriteDeadline = deadline;
            while (Environment.TickCount64 <= deadline + Timeout) await Task.Yield();
            second.Release();
        }

        public void Dispose() => Fixture.Dispose();
    }

    private sealed class Hold : IThreadPoolWorkItem
    {
        private readonly ManualResetEventSlim _isHeld = new();
        private readonly ManualResetEventSlim _goOn = new();

        public void WaitUntilHeld() => Assert.True(_isHeld.Wait(TransportFixture.Deadline));

        public void Release() => _goOn.Set();

        public void Execute()
        {
            _isHeld.Set();
            _goOn.Wait(TransportFixture.Deadline);
        }
    }
}
