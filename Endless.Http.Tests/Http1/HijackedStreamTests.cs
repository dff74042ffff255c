using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Load;
using Endless.Http.Tests.Tls;
using Endless.Http.Tests.Transport;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Http1;

/// <summary><see cref="HijackedConnection.AsStream"/> over a real socket.</summary>
public sealed class HijackedStreamTests : IDisposable
{
    private readonly HijackingEngine _engine = new();
    private readonly TransportFixture _server;

    public HijackedStreamTests() => _server = new TransportFixture(_engine.ServeAsync);

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public async Task Every_byte_arrives_once_and_in_order_both_ways_at_once(int bufferSize)
    {
        const int Length = 300_000;
        var (stream, client) = await ConnectAsync();
        var sent = new byte[Length];
        new Random(bufferSize).NextBytes(sent);
        var sending = client.WriteAsync(sent).AsTask();
        var echo = new byte[Length];
        var receiving = client.ReadExactlyAsync(echo).AsTask();
        var buffer = new byte[bufferSize];
        for (var total = 0; total < Length;)
        {
            var count = await stream.ReadAsync(buffer);
            Assert.InRange(count, 1, bufferSize);
            total += count;
            await stream.WriteAsync(buffer.AsMemory(0, count));
        }
        await Task.WhenAll(sending, receiving).WaitAsync(Deadline.Default);
        Assert.True(sent.AsSpan().SequenceEqual(echo));
    }

    [Fact]
    public async Task A_write_is_sent_without_a_flush_and_a_read_of_nothing_takes_nothing()
    {
        var (stream, client) = await ConnectAsync();
        await stream.WriteAsync("now"u8.ToArray());
        Assert.Equal("now", await ReadAsync(client, 3));
        var waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await client.WriteAsync("abc"u8.ToArray());
        Assert.Equal(0, await waiting.WaitAsync(Deadline.Default));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(Deadline.Default));
        Assert.Equal("abc", await ReadAsync(stream, 3));
        client.Dispose();
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task What_the_pipe_holds_back_goes_out_with_a_flush_or_the_next_write()
    {
        var (hijacked, _, socket) = await _engine.ConnectAsync(_server);
        await using var client = new NetworkStream(socket);
        var stream = hijacked.AsStream();
        Assert.Same(stream, hijacked.AsStream());
        hijacked.Output.Write("a"u8);
        await stream.FlushAsync();
        Assert.Equal("a", await ReadAsync(client, 1));
        hijacked.Output.Write("b"u8);
        stream.Write("c"u8);
        Assert.Equal("bc", await ReadAsync(client, 2));
        stream.Dispose();
        Assert.False(stream.CanRead);
        Assert.False(stream.CanWrite);
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline.Default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadExactlyAsync(new byte[1]).AsTask());
        Assert.Throws<ObjectDisposedException>(() => stream.Write("d"u8));
    }

    [Fact]
    public async Task A_read_that_waits_ends_at_0_when_the_stream_is_disposed_of()
    {
        var (stream, _) = await ConnectAsync();
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        await stream.DisposeAsync();
        Assert.Equal(0, await reading.WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_write_to_a_connection_that_is_gone_throws()
    {
        var (hijacked, _, _) = await _engine.ConnectAsync(_server);
        hijacked.Dispose();
        var stream = hijacked.AsStream();
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(new byte[1]));
        Assert.Throws<IOException>(() => stream.Write(new byte[1]));
    }

    [Fact]
    public async Task A_canceled_read_throws_and_loses_nothing()
    {
        var (hijacked, _, socket) = await _engine.ConnectAsync(_server);
        await using var client = new NetworkStream(socket);
        var stream = hijacked.AsStream();
        var reading = stream.ReadAsync(new byte[10]).AsTask();
        hijacked.Input.CancelPendingRead();
        await Assert.ThrowsAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline.Default));
        using var source = new CancellationTokenSource();
        reading = stream.ReadAsync(new byte[10], source.Token).AsTask();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline.Default));
        await client.WriteAsync("kept"u8.ToArray());
        Assert.Equal("kept", await ReadAsync(stream, 4));
    }

    [Fact]
    public async Task A_synchronous_read_in_the_handler_blocks_no_event_loop()
    {
        var engine = new SynchronousEngine();
        using var server = new TransportFixture(engine.ServeAsync, loops: 1);
        await using var first = new NetworkStream(await server.ConnectAsync());
        await first.WriteAsync(HijackingEngine.Request);
        await engine.Entered.Task.WaitAsync(Deadline.Default);
        // The one loop serves another meanwhile.
        await using var second = new NetworkStream(await server.ConnectAsync());
        await second.WriteAsync(HijackingEngine.Request);
        await second.WriteAsync("two"u8.ToArray());
        Assert.Equal("two", await ReadAsync(second, 3));
        await first.WriteAsync("one"u8.ToArray());
        Assert.Equal("one", await ReadAsync(first, 3));
    }

    [Fact]
    public async Task Begin_and_End_read_beside_a_write()
    {
        var (stream, client) = await ConnectAsync();
        var buffer = new byte[10];
        var reading = Task.Factory.FromAsync((callback, state) => stream.BeginRead(buffer, 0, 10, callback, state), stream.EndRead, null);
        await Task.Factory.FromAsync((callback, state) => stream.BeginWrite("hi"u8.ToArray(), 0, 2, callback, state), stream.EndWrite, null).WaitAsync(Deadline.Default);
        Assert.Equal("hi", await ReadAsync(client, 2));
        await client.WriteAsync("ho"u8.ToArray());
        Assert.Equal(2, await reading.WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_WebSocket_over_it_echoes_and_closes_properly()
    {
        var (stream, wire) = await ConnectAsync();
        using var server = System.Net.WebSockets.WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        using var client = System.Net.WebSockets.WebSocket.CreateFromStream(wire, new WebSocketCreationOptions());
        var message = new byte[200_000];
        Random.Shared.NextBytes(message);
        var sending = client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default);
        var echo = new MemoryStream();
        var buffer = new byte[5_000];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await server.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(Deadline.Default);
            echo.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        await sending.WaitAsync(Deadline.Default);
        Assert.True(message.AsSpan().SequenceEqual(echo.ToArray()));

        var closing = client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
        Assert.Equal(WebSocketMessageType.Close, (await server.ReceiveAsync(buffer.AsMemory(), default).AsTask().WaitAsync(Deadline.Default)).MessageType);
        await server.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default).WaitAsync(Deadline.Default);
        await closing.WaitAsync(Deadline.Default);
        Assert.Equal((WebSocketState.Closed, "bye"), (client.State, client.CloseStatusDescription));
    }

    [Fact]
    public async Task TLS_over_it_works_in_both_versions()
    {
        foreach (var version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            var (stream, wire) = await ConnectAsync();
            await using var server = new SslStream(stream);
            await using var client = new SslStream(wire);
            await Task.WhenAll(
                server.AuthenticateAsServerAsync(TlsFixture.Authority.Issue("localhost"), clientCertificateRequired: false, version, checkCertificateRevocation: false),
                client.AuthenticateAsClientAsync(TlsFixture.ClientOptions())).WaitAsync(Deadline.Default);
            await client.WriteAsync("question"u8.ToArray());
            Assert.Equal("question", await ReadAsync(server, 8));
            await server.WriteAsync("answer"u8.ToArray());
            Assert.Equal("answer", await ReadAsync(client, 6));
        }
    }

    private async Task<(Stream Server, Stream Client)> ConnectAsync()
    {
        var (hijacked, _, client) = await _engine.ConnectAsync(_server);
        return (hijacked.AsStream(), new NetworkStream(client, ownsSocket: true));
    }

    private static async Task<string> ReadAsync(Stream stream, int count)
    {
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Deadline.Default);
        return Encoding.ASCII.GetString(buffer);
    }

    /// <summary>Takes each connection over and sends the first bytes back, by synchronous calls on the event loop.</summary>
    private sealed class SynchronousEngine
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ConnectionOutcome> ServeAsync(Connection connection) => HijackingEngine.ServeAsync(connection, Handler.From((w, _) =>
        {
            Assert.True(Worker.Current is { RunsLoop: true });
            using var stream = w.Hijack().AsStream();
            Entered.TrySetResult();
            var buffer = new byte[3];
            stream.ReadExactly(buffer);
            stream.Write(buffer);
        }));
    }
}
