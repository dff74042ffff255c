using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Load;

/// <summary>The load driver's figures are worth what its client notices, so the client is shown each way to be let down.</summary>
public sealed class ClientConnectionTests : IDisposable
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ClientConnectionTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_whole_response_is_read_however_it_is_cut()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            var response = client.RequestAsync(Request).AsTask();
            foreach (var b in Encoding.ASCII.GetBytes(Hello)) await server.SendAsync(new[] { b });
            var (status, _, body, closes) = await response;
            Assert.Equal(200, status);
            Assert.Equal("Hello, World!", Encoding.ASCII.GetString(body.Span));
            Assert.False(closes);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0A\r\n0123456789\r\n0\r\nX-Checksum: abc\r\n\r\n", "one0123456789")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "")]
    [InlineData("HTTP/1.1 304 Not Modified\r\n\r\n", "")]
    public async Task Every_framing_is_understood(string sent, string body)
    {
        var response = await AnswerAsync(sent);
        Assert.Equal(body, Encoding.ASCII.GetString(response.Body.Span));
    }

    [Fact]
    public async Task An_announced_close_is_told_apart()
    {
        var response = await AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: close\r\n\r\n");
        Assert.True(response.Closes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello")]
    public async Task A_close_before_the_end_of_a_response_is_a_failure(string sent) =>
        Assert.Equal(FailureKind.ClosedUnannounced, (await FailAsync(sent)).Kind);

    [Theory]
    [InlineData("SSH-2.0-server\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public async Task What_is_not_a_response_is_a_wrong_answer(string sent) =>
        Assert.Equal(FailureKind.WrongAnswer, (await FailAsync(sent)).Kind);

    [Fact]
    public async Task A_second_response_to_one_request_is_a_wrong_answer()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            await server.SendAsync(Encoding.ASCII.GetBytes(Hello + Hello));
            await client.RequestAsync(Request);
            var failure = await Assert.ThrowsAsync<LoadFailure>(() => client.RequestAsync(Request).AsTask());
            Assert.Equal(FailureKind.WrongAnswer, failure.Kind);
        }
    }

    [Fact]
    public async Task A_reset_is_a_reset()
    {
        var (client, server) = await ConnectAsync();
        using (client)
        {
            server.LingerState = new LingerOption(true, 0);
            server.Close();
            Assert.Equal(FailureKind.Reset, (await Assert.ThrowsAsync<LoadFailure>(() => client.RequestAsync(Request).AsTask())).Kind);
        }
    }

    [Fact]
    public async Task Silence_is_a_lost_response()
    {
        var (client, server) = await ConnectAsync(TimeSpan.FromSeconds(2)); // which the connect has too
        using (client)
        using (server)
            Assert.Equal(FailureKind.Lost, (await Assert.ThrowsAsync<LoadFailure>(() => client.RequestAsync(Request).AsTask())).Kind);
    }

    [Fact]
    public async Task A_closed_port_refuses()
    {
        var server = _listener.LocalEndpoint;
        _listener.Stop();
        Assert.Equal(FailureKind.Refused, (await Assert.ThrowsAsync<LoadFailure>(() => ClientConnection.ConnectAsync(server, Deadline.Default))).Kind);
    }

    private async Task<ClientResponse> AnswerAsync(string sent)
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            await server.SendAsync(Encoding.ASCII.GetBytes(sent));
            return await client.RequestAsync(Request);
        }
    }

    /// <summary>Sends, closes in good order, and returns how the client takes it.</summary>
    private async Task<LoadFailure> FailAsync(string sent)
    {
        var (client, server) = await ConnectAsync();
        using (client)
        using (server)
        {
            var response = client.RequestAsync(Request).AsTask();
            await server.ReceiveAsync(new byte[Request.Length]); // what is unread at close would turn the close into a reset
            await server.SendAsync(Encoding.ASCII.GetBytes(sent));
            server.Shutdown(SocketShutdown.Send);
            return await Assert.ThrowsAsync<LoadFailure>(() => response);
        }
    }

    private async Task<(ClientConnection Client, Socket Server)> ConnectAsync(TimeSpan? patience = null)
    {
        var client = await ClientConnection.ConnectAsync(_listener.LocalEndpoint, patience ?? Deadline.Default);
        return (client, await _listener.AcceptSocketAsync());
    }
}
