using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Load;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Http1;

public sealed class HijackTests
{
    [Fact]
    public async Task The_handler_owns_the_connection_from_the_first_byte_after_the_head()
    {
        HijackedConnection? hijacked = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/") return;
            hijacked = w.Hijack();
            Assert.Throws<InvalidOperationException>(() => w.Write("x"));
            Assert.Throws<InvalidOperationException>(() => w.Hijack());
        });
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /raw HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw bytes");
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(ConnectionOutcome.Hijacked, await server.OutcomeAsync());
        Assert.Equal([ConnectionState.Active, ConnectionState.Hijacked], server.States);

        var read = await hijacked!.Input.ReadAsync();
        Assert.Equal("raw bytes", Encoding.ASCII.GetString(read.Buffer.ToArray()));
        hijacked.Input.AdvanceTo(read.Buffer.End);
        await hijacked.Output.WriteAsync("raw answer"u8.ToArray());
        Assert.Equal("raw answer", server.Client.Peek());
        hijacked.Dispose();
    }

    // It is inside its request as a read too, and this request has no body of which one could be canceled.
    [Fact]
    public async Task One_that_is_under_way_when_its_handler_returns_is_waited_for()
    {
        Task<HijackedConnection>? hijacking = null;
        Http1Fixture server = null!;
        server = new Http1Fixture(Handler.From((w, r) =>
        {
            w.Header.Set("X-Path", r.Path);
            if (r.Path == "/") return;
            // It sends the answer before it, and waits until the client takes that.
            hijacking = Task.Run(w.Hijack);
            Assert.True(SpinWait.SpinUntil(() => server.Connection.Flushes > 0, Deadline.Default), "It sends nothing.");
        }), pauseWriterThreshold: 1);
        await using (server)
        {
            await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /raw HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.False(server.Serving.IsCompleted);
            Assert.Equal(200, (await server.Client.ReadAsync()).Status);
            Assert.Equal(ConnectionOutcome.Hijacked, await server.OutcomeAsync());
            using var hijacked = await hijacking!.WaitAsync(Deadline.Default);
            server.AssertQuietLog();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_of_the_body_was_seen_and_not_consumed_comes_with_the_connection(bool advances)
    {
        HijackedConnection? hijacked = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var read = await r.Body.ReadAsync();
            if (advances) r.Body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            hijacked = w.Hijack();
            await Assert.ThrowsAsync<InvalidOperationException>(() => r.Body.ReadAsync().AsTask());
        });
        await server.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nthe body's start");
        Assert.Equal(ConnectionOutcome.Hijacked, await server.OutcomeAsync());
        var unread = hijacked!.Input.ReadAsync();
        Assert.True(unread.IsCompleted);
        Assert.Equal("the body's start", Encoding.ASCII.GetString((await unread).Buffer.ToArray()));
        hijacked.Dispose();
    }

    [Fact]
    public async Task It_is_refused_once_something_was_written()
    {
        Exception? error = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Write("x");
            error = Record.Exception(() => w.Hijack());
        });
        Assert.Equal("x", (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.IsType<InvalidOperationException>(error);
    }

    [Fact]
    public async Task It_is_refused_while_another_flow_reads_the_body()
    {
        Exception? error = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var reading = r.Body.ReadAsync().AsTask();
            error = Record.Exception(() => w.Hijack());
            r.Body.AdvanceTo((await reading).Buffer.End);
        });
        await server.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal(200, (await server.RoundTripAsync("hello")).Status);
        Assert.IsType<InvalidOperationException>(error);
    }

    [Fact]
    public async Task A_canceled_read_loses_nothing()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, _, client) = await engine.ConnectAsync(server);
        using var connection = hijacked;
        var reading = hijacked.Input.ReadAsync().AsTask();
        hijacked.Input.CancelPendingRead();
        Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCanceled: true, IsCompleted: false });

        using var source = new CancellationTokenSource();
        reading = hijacked.Input.ReadAsync(source.Token).AsTask();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TransportFixture.Deadline));

        await client.SendAsync("after"u8.ToArray());
        var read = await hijacked.Input.ReadAtLeastAsync(5).AsTask().WaitAsync(TransportFixture.Deadline);
        Assert.Equal("after", Encoding.ASCII.GetString(read.Buffer.ToArray()));
    }

    [Fact]
    public async Task A_copy_and_a_stream_end_when_it_is_disposed_of()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (copied, _, client) = await engine.ConnectAsync(server);
        var received = new MemoryStream();
        var copying = copied.Input.CopyToAsync(received);
        await client.SendAsync("bytes"u8.ToArray());
        await Deadline.UntilAsync(() => received.Length == 5, "the copy has begun");
        copied.Dispose();
        await copying.WaitAsync(TransportFixture.Deadline);

        var (streamed, _, _) = await engine.ConnectAsync(server);
        var reading = streamed.Input.AsStream().ReadAsync(new byte[100]).AsTask();
        streamed.Dispose();
        Assert.Equal(0, await reading.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task Completing_a_pipe_ends_its_direction_and_not_the_connection()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var socket = HijackingEngine.SocketOf(connection.Descriptor);
        var reading = hijacked.Input.ReadAsync().AsTask();
        hijacked.Input.Complete();
        Assert.True((await reading.WaitAsync(TransportFixture.Deadline)).IsCompleted);

        await hijacked.Output.WriteAsync("bye"u8.ToArray());
        hijacked.Output.Complete();
        Assert.True((await hijacked.Output.FlushAsync()).IsCompleted);
        Assert.Equal(socket, HijackingEngine.SocketOf(connection.Descriptor));
        hijacked.Dispose();
        Assert.NotEqual(socket, HijackingEngine.SocketOf(connection.Descriptor));
        var buffer = new byte[100];
        Assert.Equal(3, await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline));
        Assert.Equal(0, await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task Reads_and_writes_allocate_nothing()
    {
        const int Exchanges = 10_000;
        HijackedConnection? hijacked = null;
        await using var server = new Http1Fixture((w, _) => hijacked = w.Hijack());
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var message = "message"u8.ToArray();
        // As for requests: until its code is optimised it boxes here and there.
        long allocated;
        var deadline = Deadline.After();
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Exchanges; i++) Exchange();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (allocated > Exchanges / 2 && !deadline.Passed);
        Assert.InRange(allocated, 0, Exchanges / 2);
        hijacked!.Dispose();

        // The first read finds the message; the second waits for the next one, whose sending it ends.
        void Exchange()
        {
            server.Connection.ToServer.WriteAsync(message).GetAwaiter().GetResult();
            Advance(hijacked!.Input.ReadAsync());
            var reading = hijacked.Input.ReadAsync();
            Assert.False(reading.IsCompleted);
            server.Connection.ToServer.WriteAsync(message).GetAwaiter().GetResult();
            Advance(reading);
            Assert.False(hijacked.Output.WriteAsync(message).GetAwaiter().GetResult().IsCompleted);
            Assert.True(server.Connection.FromServer.TryRead(out var received));
            server.Connection.FromServer.AdvanceTo(received.Buffer.End);
        }

        void Advance(ValueTask<ReadResult> reading)
        {
            Assert.True(reading.IsCompletedSuccessfully);
            hijacked!.Input.AdvanceTo(reading.GetAwaiter().GetResult().Buffer.End);
        }
    }
}
