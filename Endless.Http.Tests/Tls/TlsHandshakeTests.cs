using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Connections;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Tls;

public class TlsHandshakeTests
{
    [Fact]
    public async Task What_was_agreed_on_is_known()
    {
        var state = new TaskCompletionSource<TlsConnectionState?>();
        using var server = new TlsFixture(connection =>
        {
            state.SetResult(connection.Tls);
            return TransportFixture.EchoAsync(connection);
        });
        await using var client = await server.ConnectTlsAsync(options =>
        {
            options.EnabledSslProtocols = SslProtocols.Tls12;
            options.ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2];
        });
        var tls = await state.Task.WaitAsync(TransportFixture.Deadline);
        Assert.NotNull(tls);
        Assert.Equal(SslProtocols.Tls12, tls.Version);
        Assert.Equal(client.NegotiatedCipherSuite, tls.CipherSuite);
        Assert.Equal("localhost", tls.ServerName);
        Assert.Equal("h2", tls.NegotiatedProtocol);     // the server's choice
        Assert.Null(tls.ClientCertificate);
    }

    [Fact]
    public async Task A_client_without_a_protocol_in_common_is_refused()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        await Assert.ThrowsAsync<AuthenticationException>(() =>
            server.ConnectTlsAsync(options => options.ApplicationProtocols = [new SslApplicationProtocol("smtp")]));
        await AssertLoggedAtDebugAsync(server);
    }

    [Fact]
    public async Task A_version_the_server_does_not_speak_is_refused()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options => options.Protocols = SslProtocols.Tls13);
        await Assert.ThrowsAsync<AuthenticationException>(() => server.ConnectTlsAsync(options => options.EnabledSslProtocols = SslProtocols.Tls12));
        await AssertLoggedAtDebugAsync(server);
    }

    [Fact]
    public void A_version_nobody_should_speak_is_refused()
    {
#pragma warning disable CS0618, SYSLIB0039
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new TlsOptions().Protocols = SslProtocols.Tls11 | SslProtocols.Tls12);
#pragma warning restore CS0618, SYSLIB0039
        Assert.StartsWith("Protocols cannot be Tls11, Tls12; allowed is Tls12, Tls13 or both.", refused.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlsOptions().Protocols = SslProtocols.None);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task HTTP_in_the_clear_is_told_what_is_wrong(string request)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        using var client = await server.Transport.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(request));
        Assert.Equal("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", await ReceiveAllAsync(client));
        client.Shutdown(SocketShutdown.Send);
        await AssertLoggedAtDebugAsync(server);
    }

    [Fact]
    public async Task A_client_in_the_clear_that_sends_on_and_on_is_closed()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        using var client = await server.Transport.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var more = new byte[64 * 1024];
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true) await client.SendAsync(more); // each read of the server finds some
        }).WaitAsync(TransportFixture.Deadline);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001")]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0001\u0000\u0000\u0000")]
    [InlineData("\u0080\u0001")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0028")]
    public async Task A_client_that_breaks_off_costs_its_own_connection_only(string sent)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync);
        using (var client = await server.Transport.ConnectAsync())
        {
            await client.SendAsync(Encoding.Latin1.GetBytes(sent));
            client.Shutdown(SocketShutdown.Send);
            await server.Transport.NextEndAsync();
        }
        await AssertLoggedAtDebugAsync(server);
        await using var other = await server.ConnectTlsAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task A_handshake_that_stalls_is_given_up(int bytes)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, handshakeTimeout: 100);
        using var client = await server.Transport.ConnectAsync();
        await client.SendAsync(Hello().AsMemory(0, bytes));
        Assert.Equal("", await ReceiveAllAsync(client));
        await AssertLoggedAtDebugAsync(server);
    }

    [Fact]
    public async Task The_handshake_s_limit_ends_with_the_handshake()
    {
        using var server = new TlsFixture(
            async connection =>
            {
                Assert.Equal(Connection.NoDeadline, connection.ReadDeadline);
                Assert.Equal(Connection.NoDeadline, connection.WriteDeadline);
                return await TransportFixture.EchoAsync(connection);
            },
            handshakeTimeout: 20_000);
        await using var client = await server.ConnectTlsAsync();
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await client.ReadAsync(new byte[1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_stopping_server_waits_for_a_handshake_no_longer_than_the_grace_time(int bytes)
    {
        var accepted = new TaskCompletionSource<Connection>();
        using var server = new TlsFixture(TransportFixture.EchoAsync, handshakeTimeout: 60_000);
        server.Transport.Accepted = accepted.SetResult;
        using var client = await server.Transport.ConnectAsync();
        await client.SendAsync(Hello().AsMemory(0, bytes));
        var connection = await accepted.Task.WaitAsync(TransportFixture.Deadline);
        while (connection.BytesReceived < bytes) await Task.Yield();
        connection.RequestLeave(LeaveRequest.Drain);
        Assert.Equal(ConnectionOutcome.Close, (await server.Transport.NextEndAsync()).Outcome);
    }

    [FactWithTools("openssl")]
    public async Task A_session_of_TLS_1_2_is_resumed() => Assert.Equal(["New", "Reused"], await ConnectTwiceAsync("-tls1_2", resumption: true));

    [FactWithTools("openssl")]
    public async Task A_session_of_TLS_1_3_is_resumed() => Assert.Equal(["New", "Reused"], await ConnectTwiceAsync("-tls1_3", resumption: true));

    [FactWithTools("openssl")]
    public async Task No_session_is_offered_where_the_options_say_so() => Assert.Equal(["New", "no session"], await ConnectTwiceAsync("-tls1_2", resumption: false));

    /// <summary>How openssl says the handshakes of a first connection and of one with its session went.</summary>
    private static async Task<string[]> ConnectTwiceAsync(string version, bool resumption)
    {
        var connections = 0;
        using var server = new TlsFixture(
            connection => ++connections == 1 ? TransportFixture.EchoAsync(connection) : GreetAsync(connection),
            options => options.SessionResumption = resumption);
        // SslStream keeps its SSL_CTX, with the keys of the tickets, in a cache of the whole process, and may drop one there that no connection uses, when other tests add theirs.
        await using var user = await server.ConnectTlsAsync();
        // In TLS 1.3 a client is connected before the server is: its echo shows that this was the first connection.
        await user.WriteAsync("x"u8.ToArray());
        await user.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TransportFixture.Deadline);
        using var directory = new TempDirectory();
        var session = directory["session"];
        string[] connect = ["s_client", "-connect", server.Transport.Socket.LocalEndPoint!.ToString()!, version, "-servername", "localhost", "-ign_eof"];
        var first = await Tool.RunAsync("openssl", [.. connect, "-sess_out", session]);
        if (!File.Exists(session)) return [Kind(first), "no session"];
        return [Kind(first), Kind(await Tool.RunAsync("openssl", [.. connect, "-sess_in", session]))];
    }

    private static async Task<ConnectionOutcome> GreetAsync(Connection connection)
    {
        await connection.Output.WriteAsync("x"u8.ToArray());    // so that the client has read the tickets too
        return ConnectionOutcome.Close;
    }

    private static string Kind(string said) => Regex.Match(said, "^(New|Reused), TLS", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>The first bytes of a ClientHello, of which more are announced.</summary>
    private static byte[] Hello()
    {
        var hello = new byte[100];
        new byte[] { 22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3 }.CopyTo(hello, 0);
        return hello;
    }

    private static async Task AssertLoggedAtDebugAsync(TlsFixture server)
    {
        var entry = await server.Log.WaitForAsync("TLS handshake failed on connection #1: ");
        Assert.Equal(LogLevel.Debug, entry.Level);
        Assert.All(server.Log.Entries, each => Assert.True(each.Level <= LogLevel.Debug));
    }

    /// <summary>All that comes up to the end, which is a reset where the server closes with bytes unread.</summary>
    private static async Task<string> ReceiveAllAsync(Socket client)
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            for (int n; (n = await client.ReceiveAsync(buffer).WaitAsync(TransportFixture.Deadline)) > 0;) all.Write(buffer, 0, n);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
        return Encoding.ASCII.GetString(all.ToArray());
    }
}
