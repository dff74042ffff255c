using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Http1;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Tls;

public class TlsConnectionTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Echoes_in_both_versions(SslProtocols version)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        await using var client = await server.ConnectTlsAsync(options => options.EnabledSslProtocols = version);
        for (var i = 0; i < 100; i++) Assert.Equal($"message {i}", await ExchangeAsync(client, $"message {i}"));
        Assert.Equal(version, client.SslProtocol);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Echoes_megabytes_in_order(SslProtocols version)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        await using var client = await server.ConnectTlsAsync(options => options.EnabledSslProtocols = version);
        var sent = new byte[10_000_000];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < sent.Length; i += 100_000) await client.WriteAsync(sent.AsMemory(i, 100_000));
        });
        await AssertReceivesAsync(client, sent, sending);
    }

    [Fact]
    public async Task A_write_of_any_size_arrives_whole()
    {
        var sizes = new[] { 1, 4_095, 4_096, 4_097, 8_191, 8_192, 16_383, 16_384, 16_385, 65_536, 65_537, 1_000_000 };
        using var server = new TlsFixture(async connection =>
        {
            await connection.Input.ReadAsync();
            foreach (var size in sizes)
            {
                // As an engine does: something small in the pipe's own memory, then the caller's, then memory of that size again.
                connection.Output.Write("head"u8);
                await connection.Output.WriteAsync(Enumerable.Repeat((byte)'b', size).ToArray());
                connection.Output.Write(Enumerable.Repeat((byte)'c', size).ToArray());
                connection.Output.GetSpan(size)[..size].Fill((byte)'d');
                connection.Output.Advance(size);
            }
            await connection.Output.FlushAsync();
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        await client.WriteAsync("x"u8.ToArray());
        var received = await ReceiveAllAsync(client);
        Assert.Equal(string.Concat(sizes.Select(size => $"head{new string('b', size)}{new string('c', size)}{new string('d', size)}")), received);
    }

    [Fact]
    public async Task A_read_gives_up_at_its_deadline_and_the_next_one_goes_on()
    {
        var waiting = new TaskCompletionSource();
        using var server = new TlsFixture(async connection =>
        {
            connection.ReadDeadline = Environment.TickCount64 + 30;
            var read = await connection.Input.ReadAsync();
            Assert.True(read.IsCanceled && connection.ReadTimedOut && read.Buffer.IsEmpty);
            connection.ReadDeadline = Connection.NoDeadline;
            waiting.SetResult();
            return await TransportFixture.EchoAsync(connection);
        });
        await using var client = await server.ConnectTlsAsync();
        await waiting.Task.WaitAsync(TransportFixture.Deadline);
        Assert.Equal("hello", await ExchangeAsync(client, "hello"));
    }

    [Fact]
    public async Task A_read_canceled_in_the_middle_of_a_record_loses_nothing()
    {
        var cancels = 0;
        var connected = new TaskCompletionSource<Connection>();
        using var server = new TlsFixture(async connection =>
        {
            connected.SetResult(connection);
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                if (read.IsCanceled) Interlocked.Increment(ref cancels);
                foreach (var block in read.Buffer) await connection.Output.WriteAsync(block);
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return ConnectionOutcome.Close;
            }
        });
        var relay = new SlowStream(new NetworkStream(await server.Transport.ConnectAsync(), ownsSocket: true));
        await using var client = new SslStream(relay);
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions()).WaitAsync(TransportFixture.Deadline);
        var connection = await connected.Task.WaitAsync(TransportFixture.Deadline);
        relay.BeforeByte = async () =>
        {
            var before = Volatile.Read(ref cancels);
            connection.Input.CancelPendingRead();
            while (Volatile.Read(ref cancels) == before) await Task.Yield();
        };
        Assert.Equal("a message of some length", await ExchangeAsync(client, "a message of some length"));
        Assert.True(cancels > 40);
    }

    [Fact]
    public async Task A_cancel_before_a_read_ends_that_read_only()
    {
        using var server = new TlsFixture(async connection =>
        {
            connection.Input.CancelPendingRead();
            Assert.True((await connection.Input.ReadAsync()).IsCanceled);
            Assert.False(connection.ReadTimedOut);
            Assert.Equal(ConnectionOutcome.Close, await TransportFixture.EchoAsync(connection));
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        Assert.Equal("hello", await ExchangeAsync(client, "hello"));
    }

    [Fact]
    public async Task A_token_cancels_a_read_and_the_next_one_goes_on()
    {
        var canceled = new TaskCompletionSource();
        using var server = new TlsFixture(async connection =>
        {
            using var source = new CancellationTokenSource();
            var read = connection.Input.ReadAsync(source.Token);
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
            canceled.SetResult();
            return await TransportFixture.EchoAsync(connection);
        });
        await using var client = await server.ConnectTlsAsync();
        await canceled.Task.WaitAsync(TransportFixture.Deadline);
        Assert.Equal("hello", await ExchangeAsync(client, "hello"));
    }

    [Theory]
    [InlineData(nameof(LeaveRequest.Drain))]
    [InlineData(nameof(LeaveRequest.HandOver))]
    public async Task A_request_to_leave_is_a_request_to_drain(string request)
    {
        var seen = new TaskCompletionSource<LeaveRequest>();
        var connected = new TaskCompletionSource<Connection>();
        using var server = new TlsFixture(async connection =>
        {
            connected.SetResult(connection);
            Assert.True((await connection.Input.ReadAsync()).IsCanceled);
            seen.SetResult(connection.Leave);
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        (await connected.Task.WaitAsync(TransportFixture.Deadline)).RequestLeave(Enum.Parse<LeaveRequest>(request));
        Assert.Equal(LeaveRequest.Drain, await seen.Task.WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task The_end_of_a_connection_is_said_in_TLS_too()
    {
        using var server = new TlsFixture(async connection =>
        {
            await connection.Input.ReadAsync();
            await connection.Output.WriteAsync("bye"u8.ToArray());
            return ConnectionOutcome.Close;
        });
        var tap = new SlowStream(new NetworkStream(await server.Transport.ConnectAsync(), ownsSocket: true));
        await using var client = new SslStream(tap);
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.EnabledSslProtocols = SslProtocols.Tls12));
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal("bye", await ReceiveAllAsync(client));
        // The last record before the FIN is an alert (RFC 5246 section 6.2.1): close_notify.
        Assert.Equal(21, tap.LastRecordType);
    }

    [Theory]
    [InlineData("close_notify")]
    [InlineData("FIN")]
    [InlineData("reset")]
    [InlineData("half a record")]
    [InlineData("garbage")]
    public async Task Whatever_ends_the_stream_completes_a_read(string end)
    {
        var peerClosed = new TaskCompletionSource();
        using var server = new TlsFixture(async connection =>
        {
            connection.Observe(new PeerClosedSignal(peerClosed));
            var outcome = await TransportFixture.EchoAsync(connection);
            await connection.Output.WriteAsync("too late, perhaps"u8.ToArray());
            return outcome;
        });
        var socket = await server.Transport.ConnectAsync();
        await using var client = new SslStream(new NetworkStream(socket));
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions());
        await ExchangeAsync(client, "hello");
        switch (end)
        {
            case "close_notify": await client.ShutdownAsync(); break;
            case "FIN": socket.Shutdown(SocketShutdown.Send); break;
            case "reset":
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                break;
            case "half a record":
                await socket.SendAsync(new byte[] { 23, 3, 3, 0, 100, 1, 2, 3 });
                socket.Shutdown(SocketShutdown.Send);
                break;
            case "garbage": await socket.SendAsync(Encoding.ASCII.GetBytes(new string('x', 100))); break;
        }
        Assert.Equal(ConnectionOutcome.Close, (await server.Transport.NextEndAsync()).Outcome);
        await peerClosed.Task.WaitAsync(TransportFixture.Deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_ends_a_read_and_a_flush_from_another_thread(bool write)
    {
        var connected = new TaskCompletionSource<Connection>();
        using var server = new TlsFixture(async connection =>
        {
            connected.SetResult(connection);
            if (write) while (!(await connection.Output.WriteAsync(new byte[1_000_000])).IsCompleted) { }
            else Assert.True((await connection.Input.ReadAsync()).IsCompleted);
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        (await connected.Task.WaitAsync(TransportFixture.Deadline)).Abort();
        await server.Transport.NextEndAsync();
    }

    [Fact]
    public async Task A_flush_to_a_client_that_never_reads_gives_up_at_its_deadline()
    {
        using var server = new TlsFixture(async connection =>
        {
            connection.WriteDeadline = Environment.TickCount64 + 100;
            while (!(await connection.Output.WriteAsync(new byte[1_000_000])).IsCompleted) { }
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        Assert.Equal(ConnectionOutcome.Close, (await server.Transport.NextEndAsync()).Outcome);
    }

    [Fact]
    public async Task A_canceled_flush_loses_nothing()
    {
        var connected = new TaskCompletionSource<Connection>();
        var canceled = new TaskCompletionSource();
        var sent = Enumerable.Range(0, 20_000_000).Select(i => (byte)(i / 1000)).ToArray();
        using var server = new TlsFixture(async connection =>
        {
            connected.SetResult(connection);
            var copy = sent.ToArray();
            var flush = await connection.Output.WriteAsync(copy);
            Assert.True(flush.IsCanceled);
            copy.AsSpan().Clear();
            canceled.SetResult();
            Assert.False((await connection.Output.FlushAsync()).IsCompleted);
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        (await connected.Task.WaitAsync(TransportFixture.Deadline)).Output.CancelPendingFlush();
        await canceled.Task.WaitAsync(TransportFixture.Deadline);
        var received = new MemoryStream();
        await client.CopyToAsync(received).WaitAsync(TransportFixture.Deadline);
        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
    }

    [Fact]
    public async Task Reads_and_writes_of_two_flows_do_not_disturb_each_other()
    {
        using var server = new TlsFixture(async connection =>
        {
            var pipe = new Pipe();
            var writing = Task.Run(async () =>
            {
                while (true)
                {
                    var read = await pipe.Reader.ReadAsync();
                    foreach (var block in read.Buffer) await connection.Output.WriteAsync(block);
                    pipe.Reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted) return;
                }
            });
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                foreach (var block in read.Buffer) await pipe.Writer.WriteAsync(block);
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
            await pipe.Writer.CompleteAsync();
            await writing;
            return ConnectionOutcome.Close;
        });
        await using var client = await server.ConnectTlsAsync();
        var sent = new byte[5_000_000];
        new Random(2).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < sent.Length; i += 1_000) await client.WriteAsync(sent.AsMemory(i, 1_000));
        });
        await AssertReceivesAsync(client, sent, sending);
    }

    /// <summary>All of <paramref name="expected"/> comes back while it is sent, and after the client's close_notify the server's.</summary>
    private static async Task AssertReceivesAsync(SslStream client, byte[] expected, Task sending)
    {
        var received = new byte[expected.Length];
        await client.ReadExactlyAsync(received).AsTask().WaitAsync(TransportFixture.Deadline);
        await sending.WaitAsync(TransportFixture.Deadline);
        Assert.True(received.AsSpan().SequenceEqual(expected));
        // Not beside a read: SslStream keeps its reads and writes apart, but not this from either. One time in fifty one of the two fails
        // (.NET 10), also between two SslStreams, and a client whose close_notify was not sent waits for the server's for ever.
        await client.ShutdownAsync();
        Assert.Equal(0, await client.ReadAsync(received).AsTask().WaitAsync(TransportFixture.Deadline));
    }

    private static async Task<string> ExchangeAsync(SslStream client, string message)
    {
        await client.WriteAsync(Encoding.ASCII.GetBytes(message)).AsTask().WaitAsync(TransportFixture.Deadline);
        var buffer = new byte[message.Length];
        await client.ReadExactlyAsync(buffer).AsTask().WaitAsync(TransportFixture.Deadline);
        return Encoding.ASCII.GetString(buffer);
    }

    private static async Task<string> ReceiveAllAsync(SslStream client)
    {
        var all = new MemoryStream();
        await client.CopyToAsync(all).WaitAsync(TransportFixture.Deadline);
        return Encoding.ASCII.GetString(all.ToArray());
    }
}
