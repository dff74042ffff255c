using Endless.Http.Connections;

namespace Endless.Http.Tests.Http1;

public sealed class KeepAliveTests
{
    private static readonly HandlerFunc Hello = (w, r) =>
    {
        w.Header.Set("Content-Type", "text/plain");
        w.Write("Hello, World!");
    };

    [Fact]
    public async Task A_connection_serves_request_after_request()
    {
        await using var server = new Http1Fixture(Hello);
        for (var i = 0; i < 3; i++)
        {
            var response = await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, response.Status);
            Assert.Equal("Hello, World!", response.Text);
            Assert.Equal("13", response["Content-Length"]);
            Assert.Equal("text/plain", response["Content-Type"]);
            Assert.False(response.Has("Connection"));
        }
        Assert.Equal([ConnectionState.Active, ConnectionState.Idle, ConnectionState.Active, ConnectionState.Idle, ConnectionState.Active, ConnectionState.Idle], server.States);
        server.Connection.CloseByClient();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("HTTP/1.1", "close", "close", false)]
    [InlineData("HTTP/1.1", "Upgrade, CLOSE", "close", false)]
    [InlineData("HTTP/1.1", "keep-alive", null, true)]
    [InlineData("HTTP/1.1", "x, y", null, true)]
    [InlineData("HTTP/1.0", "x", "close", false)]
    [InlineData("HTTP/1.0", "Keep-Alive", "keep-alive", true)]
    [InlineData("HTTP/1.0", "keep-alive, close", "close", false)]
    public async Task The_Connection_field_decides(string version, string connection, string? answered, bool goesOn)
    {
        await using var server = new Http1Fixture(Hello);
        var response = await server.RoundTripAsync($"GET / {version}\r\nHost: a\r\nConnection: {connection}\r\n\r\n");
        Assert.Equal(answered, response["Connection"]);
        Assert.Equal(goesOn, !server.Serving.IsCompleted);
        if (!goesOn) await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_handler_can_end_the_connection()
    {
        await using var server = new Http1Fixture((w, r) => w.Header.Set("Connection", "close"));
        var response = await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("close", response["Connection"]);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_connection_may_be_limited_to_so_many_requests()
    {
        await using var server = new Http1Fixture(Hello, new() { MaxRequestsPerConnection = 2 });
        Assert.False((await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Has("Connection"));
        Assert.Equal("close", (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))["Connection"]);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_client_that_sends_requests_and_half_closes_gets_every_answer()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            await Task.Yield();
            await w.WriteAsync(r.Path);
        });
        await server.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Connection.CloseByClient();
        for (var i = 1; i <= 3; i++) Assert.Equal("/" + i, (await server.Client.ReadAsync()).Text);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task An_empty_line_before_a_request_is_skipped()
    {
        await using var server = new Http1Fixture(Hello);
        var response = await server.RoundTripAsync("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, response.Status);
    }
}
