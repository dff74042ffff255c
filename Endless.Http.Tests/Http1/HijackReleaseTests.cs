using System.IO.Pipelines;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Draining;
using Endless.Http.Load;
using Endless.Http.Tests.Protocols;
using Endless.Http.Tests.Tls;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Http1;

/// <summary>What the server asks of its connections, by a copy of its table that is out of date, does not reach one that a handler took over.</summary>
public sealed class HijackReleaseTests
{
    [Theory]
    [InlineData(LeaveRequest.Drain)]
    [InlineData(LeaveRequest.HandOver)]
    public async Task A_request_to_leave_does_not_cancel_a_read_that_waits(object leave)
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var reading = hijacked.Input.ReadAsync().AsTask();
        connection.RequestLeave((LeaveRequest)leave);
        await Turn(server);
        Assert.False(reading.IsCompleted);
        await client.SendAsync("later"u8.ToArray());
        Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCanceled: false, Buffer.Length: 5 });
        hijacked.Dispose();
    }

    [Fact]
    public async Task A_request_to_leave_from_before_does_not_cancel_the_first_read()
    {
        var (input, client) = await HijackAfterLeavingAsync(unread: "");
        var reading = input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        await client.WriteAsync("later"u8.ToArray());
        Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCanceled: false, Buffer.Length: 5 });
    }

    [Fact]
    public async Task A_request_to_leave_from_before_takes_no_byte_away()
    {
        var (input, _) = await HijackAfterLeavingAsync(unread: "early");
        Assert.True(input.TryRead(out var read));
        Assert.False(read.IsCanceled);
        Assert.Equal("early", Encoding.ASCII.GetString(read.Buffer));
        input.AdvanceTo(read.Buffer.End);
        Assert.False(input.TryRead(out _));
    }

    [Fact]
    public async Task A_request_to_leave_from_before_is_no_answer_to_TryRead()
    {
        var (input, _) = await HijackAfterLeavingAsync(unread: "");
        Assert.False(input.TryRead(out _));
    }

    [Fact]
    public async Task The_handlers_own_cancel_is_told_from_the_servers()
    {
        var (input, _) = await HijackAfterLeavingAsync(unread: "");
        input.CancelPendingRead();
        Assert.True(await input.ReadAsync().AsTask().WaitAsync(TransportFixture.Deadline) is { IsCanceled: true, IsCompleted: false });
        Assert.False(input.TryRead(out _)); // one cancel, one answer
        var reading = input.ReadAsync().AsTask();
        input.CancelPendingRead();
        Assert.True((await reading.WaitAsync(TransportFixture.Deadline)).IsCanceled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_TLS_no_request_to_leave_cancels_a_read(bool before)
    {
        var taken = new TaskCompletionSource<HijackedConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        Connection? connection = null;
        using var server = new TlsFixture(accepted =>
        {
            connection = accepted;
            return HijackingEngine.ServeAsync(accepted, Handler.From((w, _) =>
            {
                if (before) accepted.RequestLeave(LeaveRequest.HandOver);
                taken.SetResult(w.Hijack());
            }));
        });
        await using var client = await server.ConnectTlsAsync();
        await client.WriteAsync(HijackingEngine.Request);
        using var hijacked = await taken.Task.WaitAsync(TransportFixture.Deadline);
        var reading = hijacked.Input.ReadAsync().AsTask();
        connection!.RequestLeave(LeaveRequest.HandOver);
        await Turn(server.Transport);
        Assert.False(reading.IsCompleted);
        await client.WriteAsync("later"u8.ToArray());
        Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCanceled: false, Buffer.Length: 5 });
    }

    [Fact]
    public async Task Requests_to_leave_beside_the_hijack_cancel_no_read()
    {
        var leaving = new Thread[2];
        var stop = false;
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        for (var i = 0; i < leaving.Length; i++)
        {
            leaving[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref stop))
                    foreach (var connection in server.Live)
                        if (connection.State != ConnectionState.New) connection.RequestLeave(LeaveRequest.HandOver);
            });
            leaving[i].Start();
        }
        try
        {
            for (var round = 0; round < 300; round++)
            {
                var (hijacked, _, client) = await engine.ConnectAsync(server);
                var reading = hijacked.Input.ReadAsync().AsTask();
                await client.SendAsync("x"u8.ToArray());
                Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCanceled: false, Buffer.Length: 1 });
                hijacked.Dispose();
                server.Live.Clear();
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            foreach (var thread in leaving) thread.Join();
        }
    }

    [Fact]
    public void Hammer_time_does_not_reach_it_and_reached_before_it_does()
    {
        var hijacked = new MemoryConnection();
        hijacked.Release();
        Assert.False(hijacked.TryCondemn());
        var condemned = new MemoryConnection();
        Assert.True(condemned.TryCondemn());
        condemned.Release();
        Assert.Equal(ConnectionState.Hijacked, condemned.State);
    }

    [Fact]
    public void It_leaves_the_table_at_once_and_empties_it()
    {
        var table = new ConnectionTable();
        var connection = new MemoryConnection { Released = table.Remove };
        Assert.True(table.TryAdd(connection));
        Assert.Equal(1, table.Leave(null));
        Assert.False(table.Emptied.IsCompleted);
        connection.Release();
        Assert.True(table.Emptied.IsCompletedSuccessfully);
        Assert.Equal((0, 0), (table.Count, table.AbortAll()));
        Assert.Equal(0, table.Counters.Dropped);
        Assert.False(connection.IsAborted);
    }

    [Fact]
    public async Task A_table_that_aborts_beside_the_hijack_either_did_before_or_never_does()
    {
        for (var round = 0; round < 1_000; round++)
        {
            var table = new ConnectionTable();
            var connection = new MemoryConnection { Released = table.Remove };
            table.TryAdd(connection);
            using var start = new Barrier(2);
            var aborting = Task.Run(() =>
            {
                start.SignalAndWait();
                return table.AbortAll();
            });
            start.SignalAndWait();
            connection.Release();
            var wasCondemned = !connection.TryCondemn() && await aborting > 0;
            Assert.Equal(wasCondemned, connection.IsAborted);
            Assert.Equal(wasCondemned ? 1 : 0, table.Counters.Dropped);
        }
    }

    /// <summary>A connection that was asked to leave before its handler took it over, and what its client sends by.</summary>
    private static async Task<(PipeReader Input, PipeWriter Client)> HijackAfterLeavingAsync(string unread)
    {
        var connection = new MemoryConnection();
        HijackedConnection? hijacked = null;
        await connection.ToServer.WriteAsync((byte[])[.. HijackingEngine.Request, .. Encoding.ASCII.GetBytes(unread)]);
        var serving = HijackingEngine.ServeAsync(connection, Handler.From((w, _) =>
        {
            connection.RequestLeave(LeaveRequest.Drain);
            hijacked = w.Hijack();
        }));
        Assert.Equal(ConnectionOutcome.Hijacked, await serving.WaitAsync(TransportFixture.Deadline));
        return (hijacked!.Input, connection.ToServer);
    }

    /// <summary>What was posted to the loops before has run.</summary>
    private static Task Turn(TransportFixture server) => Task.WhenAll(server.Group.Loops.Select(loop => loop.YieldAsync().AsTask())).WaitAsync(Deadline.Default);
}
