using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Endless.Http.Load;
using Endless.Http.Sockets;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Transport;
using Endless.Http.Tls;

namespace Endless.Http.Tests.Tls;

/// <summary>As <see cref="HijackDisposalTests"/>, where the end is said in TLS too, and SslStream must not be asked to while it decrypts.</summary>
public sealed class HijackTlsTests
{
    /// <summary>Content type of the record that close_notify is in (RFC 5246 section 6.2.1).</summary>
    private const int Alert = 21;

    [Fact]
    public async Task A_read_that_waits_ends_and_the_client_is_told()
    {
        var engine = new HijackingEngine();
        using var server = new TlsFixture(engine.ServeAsync);
        var (client, tap) = await ConnectTappedAsync(server);
        await using var _ = client;
        var (hijacked, connection) = await engine.NextAsync();
        var descriptor = ((SocketConnection)((TlsConnection)connection).Inner).Descriptor;
        var socket = HijackingEngine.SocketOf(descriptor);

        var reading = hijacked.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        hijacked.Dispose();
        Assert.True(await reading.WaitAsync(TransportFixture.Deadline) is { IsCompleted: true, IsCanceled: false, Buffer.IsEmpty: true });
        Assert.NotEqual(socket, HijackingEngine.SocketOf(descriptor));
        Assert.Equal(0, await client.ReadAsync(new byte[100]).AsTask().WaitAsync(TransportFixture.Deadline));
        Assert.Equal(Alert, tap.LastRecordType);
    }

    [Fact]
    public async Task A_flush_that_waits_ends()
    {
        var engine = new HijackingEngine();
        using var server = new TlsFixture(engine.ServeAsync);
        await using var client = await server.ConnectTlsAsync();
        await client.WriteAsync(HijackingEngine.Request);
        var (hijacked, connection) = await engine.NextAsync();
        var inner = (SocketConnection)((TlsConnection)connection).Inner;
        var socket = HijackingEngine.SocketOf(inner.Descriptor);

        var sending = hijacked.Output.WriteAsync(new byte[100_000_000]).AsTask();
        await Deadline.UntilAsync(() => ((SocketWriter)inner.Output).Wait.IsWaiting, "the client's window is full");
        hijacked.Dispose();
        Assert.True(await sending.WaitAsync(TransportFixture.Deadline) is { IsCompleted: true, IsCanceled: false });
        Assert.NotEqual(socket, HijackingEngine.SocketOf(inner.Descriptor));
        Assert.False(((SocketWriter)inner.Output).Wait.IsWaiting);
    }

    [Fact]
    public async Task A_cancel_that_no_flush_took_does_not_keep_the_end_from_the_client()
    {
        var engine = new HijackingEngine();
        using var server = new TlsFixture(engine.ServeAsync);
        var (client, tap) = await ConnectTappedAsync(server);
        await using var _ = client;
        var (hijacked, _) = await engine.NextAsync();
        hijacked.Output.CancelPendingFlush();
        hijacked.Dispose();
        Assert.Equal(0, await client.ReadAsync(new byte[100]).AsTask().WaitAsync(TransportFixture.Deadline));
        Assert.Equal(Alert, tap.LastRecordType);
    }

    [Fact]
    public async Task What_a_canceled_flush_left_is_not_waited_for_beside_the_close()
    {
        var engine = new HijackingEngine();
        using var server = new TlsFixture(engine.ServeAsync);
        await using var client = await server.ConnectTlsAsync();
        await client.WriteAsync(HijackingEngine.Request);
        var (hijacked, connection) = await engine.NextAsync();
        var output = (SocketWriter)((TlsConnection)connection).Inner.Output;

        var sending = hijacked.Output.WriteAsync(new byte[20_000_000]).AsTask();
        await Deadline.UntilAsync(() => output.Wait.IsWaiting, "the client's window is full");
        hijacked.Output.CancelPendingFlush();
        Assert.True((await sending.WaitAsync(TransportFixture.Deadline)).IsCanceled);
        hijacked.Dispose();
        Assert.False(output.Wait.IsWaiting);
    }

    [Fact]
    public async Task Disposed_of_while_it_decrypts_no_read_hangs_or_fails()
    {
        var engine = new HijackingEngine();
        using var server = new TlsFixture(engine.ServeAsync);
        for (var round = 0; round < 10; round++)
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => DisposeWhileItReadsAsync(engine, server)))).WaitAsync(TransportFixture.Deadline);
    }

    /// <summary>A client that has sent its request, and what it receives.</summary>
    private static async Task<(SslStream Client, SlowStream Tap)> ConnectTappedAsync(TlsFixture server)
    {
        var tap = new SlowStream(new NetworkStream(await server.Transport.ConnectAsync(), ownsSocket: true));
        var client = new SslStream(tap);
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.EnabledSslProtocols = SslProtocols.Tls12));
        await client.WriteAsync(HijackingEngine.Request);
        return (client, tap);
    }

    private static async Task DisposeWhileItReadsAsync(HijackingEngine engine, TlsFixture server)
    {
        var connecting = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connecting.ConnectAsync(server.Transport.Socket.LocalEndPoint!);
        await using var client = new SslStream(new NetworkStream(connecting, ownsSocket: true));
        await client.AuthenticateAsClientAsync(TlsFixture.ClientOptions());
        await client.WriteAsync(HijackingEngine.Request);
        var (hijacked, connection) = await engine.NextAsync(); // perhaps another client's: there are as many of them
        var descriptor = ((SocketConnection)((TlsConnection)connection).Inner).Descriptor;
        var socket = HijackingEngine.SocketOf(descriptor);
        var echoing = Task.Run(() => HijackingEngine.EchoAsync(hijacked));
        var receiving = DrainAsync(client);
        for (var i = Random.Shared.Next(20); i >= 0; i--)
        {
            try
            {
                await client.WriteAsync("message"u8.ToArray());
            }
            catch (IOException)
            {
                break; // the other end was disposed of
            }
        }
        hijacked.Dispose();
        await echoing;
        await receiving;
        Assert.NotEqual(socket, HijackingEngine.SocketOf(descriptor));
    }

    private static async Task DrainAsync(SslStream client)
    {
        try
        {
            await client.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // A socket that is closed with bytes unread says so by a reset.
        }
    }
}
