using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Endless.Http.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Load;
using Endless.Http.Sockets;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Http1;

/// <summary>A connection that was taken over may be disposed of by another task than the one that reads or writes it.</summary>
public sealed class HijackDisposalTests
{
    [Fact]
    public async Task A_read_that_waits_ends()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var socket = HijackingEngine.SocketOf(connection.Descriptor);

        var reading = hijacked.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        hijacked.Dispose();
        var read = await reading.WaitAsync(TransportFixture.Deadline);
        Assert.True(read is { IsCompleted: true, IsCanceled: false, Buffer.IsEmpty: true });
        Assert.NotEqual(socket, HijackingEngine.SocketOf(connection.Descriptor));
        await AssertEndAsync(client);
    }

    [Fact]
    public async Task Memory_of_its_output_that_is_filled_later_reaches_nobody()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, _, client) = await engine.ConnectAsync(server);
        using var stream = new NetworkStream(client);
        var received = new byte[4];
        for (var i = 0; i < 100; i++)
        {
            var memory = hijacked.Output.GetMemory(4_096);
            "mine"u8.CopyTo(memory.Span);
            hijacked.Output.Advance(4);
            memory.Span.Fill((byte)'x');
            await hijacked.Output.FlushAsync();
            // In a pool it would be the memory that the next one of this thread is given.
            var next = new BlockPool().Rent(4_096);
            next[4_000] = 0;
            memory.Span.Fill((byte)'y');
            Assert.Equal(0, next[4_000]);
            await stream.ReadExactlyAsync(received);
            Assert.Equal("mine"u8.ToArray(), received);
        }
        hijacked.Dispose();
    }

    [Fact]
    public async Task A_flush_that_waits_ends()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var socket = HijackingEngine.SocketOf(connection.Descriptor);

        var sending = hijacked.Output.WriteAsync(new byte[100_000_000]).AsTask();
        await Deadline.UntilAsync(() => ((SocketWriter)connection.Output).Wait.IsWaiting, "the client's window is full");
        hijacked.Dispose();
        Assert.True(await sending.WaitAsync(TransportFixture.Deadline) is { IsCompleted: true, IsCanceled: false });
        Assert.NotEqual(socket, HijackingEngine.SocketOf(connection.Descriptor));
        await AssertEndAsync(client);
    }

    [Fact]
    public async Task A_read_and_a_flush_that_wait_both_end_before_the_socket_is_closed()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var socket = HijackingEngine.SocketOf(connection.Descriptor);

        var reading = hijacked.Input.ReadAsync().AsTask();
        var sending = hijacked.Output.WriteAsync(new byte[100_000_000]).AsTask();
        await Deadline.UntilAsync(() => ((SocketWriter)connection.Output).Wait.IsWaiting, "the client's window is full");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(hijacked.Dispose)));
        Assert.True((await reading.WaitAsync(TransportFixture.Deadline)).IsCompleted);
        Assert.True((await sending.WaitAsync(TransportFixture.Deadline)).IsCompleted);
        Assert.NotEqual(socket, HijackingEngine.SocketOf(connection.Descriptor));
        await AssertEndAsync(client);
    }

    [Fact]
    public async Task Between_two_operations_it_closes_at_once_and_what_follows_finds_the_end()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        var socket = HijackingEngine.SocketOf(connection.Descriptor);
        await client.SendAsync("x"u8.ToArray());
        var read = await hijacked.Input.ReadAsync();
        hijacked.Input.AdvanceTo(read.Buffer.End);

        hijacked.Dispose();
        Assert.NotEqual(socket, HijackingEngine.SocketOf(connection.Descriptor));
        hijacked.Dispose();
        await AssertEndAsync(client);

        for (var i = 0; i < 3; i++)
        {
            read = await hijacked.Input.ReadAsync();
            Assert.True(read is { IsCompleted: true, IsCanceled: false, Buffer.IsEmpty: true });
            hijacked.Input.AdvanceTo(read.Buffer.End);
            Assert.True(hijacked.Input.TryRead(out read) && read.IsCompleted);
            hijacked.Output.Write(new byte[10_000]);
            Assert.Equal(0, hijacked.Output.UnflushedBytes);
            Assert.True((await hijacked.Output.FlushAsync()).IsCompleted);
            Assert.True((await hijacked.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
            hijacked.Input.CancelPendingRead();
            hijacked.Output.CancelPendingFlush();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_buffer_goes_back_to_the_pool_once_it_was_advanced_over(bool advanced)
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        var (hijacked, connection, client) = await engine.ConnectAsync(server);
        await client.SendAsync("x"u8.ToArray());
        var read = await hijacked.Input.ReadAsync();
        Assert.True(MemoryMarshal.TryGetArray(read.Buffer.First, out var block));
        if (advanced) hijacked.Input.AdvanceTo(read.Buffer.End);
        Assert.Equal(advanced, GoesBack(block.Array!, hijacked, connection));
        if (advanced) return;
        Assert.Equal("x"u8.ToArray(), read.Buffer.ToArray());
        hijacked.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await hijacked.Input.ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task No_read_of_hundreds_of_connections_hangs()
    {
        var engine = new HijackingEngine();
        using var server = new TransportFixture(engine.ServeAsync);
        for (var round = 0; round < 20; round++)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => DisposeWhileItReadsAsync(engine, server)))).WaitAsync(TransportFixture.Deadline);
    }

    private static async Task DisposeWhileItReadsAsync(HijackingEngine engine, TransportFixture server)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(server.Socket.LocalEndPoint!);
        await client.SendAsync(HijackingEngine.Request);
        var (hijacked, connection) = await engine.NextAsync(); // perhaps another client's: there are as many of them
        var socket = HijackingEngine.SocketOf(((SocketConnection)connection).Descriptor);
        var echoing = Task.Run(() => HijackingEngine.EchoAsync(hijacked));
        var receiving = DrainAsync(client);
        for (var i = Random.Shared.Next(20); i >= 0; i--)
        {
            try
            {
                await client.SendAsync("message"u8.ToArray());
            }
            catch (SocketException)
            {
                break; // the other end was disposed of
            }
        }
        hijacked.Dispose();
        await echoing;
        await receiving;
        client.Dispose();
        Assert.NotEqual(socket, HijackingEngine.SocketOf(((SocketConnection)connection).Descriptor));
    }

    /// <summary>Disposes of the connection; true if the pool has the block then.</summary>
    private static bool GoesBack(byte[] block, HijackedConnection hijacked, Connection connection)
    {
        // A pool lends to a thread first what that thread gave it last. What there is already goes out of the way.
        for (var i = 0; i < 8; i++) connection.Blocks.Rent(block.Length);
        hijacked.Dispose();
        return Enumerable.Range(0, 8).Select(_ => connection.Blocks.Rent(block.Length)).Contains(block);
    }

    /// <summary>The client receives what was sent, and then FIN and no reset.</summary>
    private static async Task AssertEndAsync(Socket client)
    {
        var buffer = new byte[1_000_000];
        while (await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline) > 0) { }
    }

    private static async Task DrainAsync(Socket client)
    {
        try
        {
            await AssertEndAsync(client);
        }
        catch (SocketException)
        {
            // A socket that is closed with bytes unread says so by a reset.
        }
    }
}
