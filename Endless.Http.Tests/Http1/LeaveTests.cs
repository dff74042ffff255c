using System.Buffers;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>What a restart asks of a connection.</summary>
public sealed class LeaveTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly AsyncHandlerFunc Echo = async (w, r) => await w.WriteAsync(await r.ReadBodyAsync());

    private static string Unread(Http1Fixture server)
    {
        // Canceled, a read gives also what was examined before.
        server.Connection.Input.CancelPendingRead();
        Assert.True(server.Connection.Input.TryRead(out var result));
        var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
        server.Connection.Input.AdvanceTo(result.Buffer.Start);
        return text;
    }

    [Fact]
    public async Task An_idle_connection_is_handed_over_at_once()
    {
        await using var server = new Http1Fixture(Echo);
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        server.Connection.RequestLeave(LeaveRequest.HandOver);
        Assert.Equal(ConnectionOutcome.HandOver, await server.OutcomeAsync());
        Assert.Equal("", Unread(server));
    }

    [Theory]
    [InlineData("GET / HT")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public async Task Half_a_head_goes_with_it(string half)
    {
        await using var server = new Http1Fixture(Echo);
        await server.SendAsync(half);
        server.Connection.RequestLeave(LeaveRequest.HandOver);
        Assert.Equal(ConnectionOutcome.HandOver, await server.OutcomeAsync());
        Assert.Equal(half, Unread(server));
    }

    [Fact]
    public async Task A_pipeline_is_handed_over_at_the_next_boundary()
    {
        Http1Fixture? server = null;
        await using var fixture = server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/2") server!.Connection.RequestLeave(LeaveRequest.HandOver);
            w.Write(r.Path);
        });
        const string rest = "GET /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HT";
        await server.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n" + rest);
        Assert.Equal(ConnectionOutcome.HandOver, await server.OutcomeAsync());
        Assert.Equal("/1", (await server.Client.ReadAsync()).Text);
        Assert.Equal("/2", (await server.Client.ReadAsync()).Text);
        Assert.Equal(rest, Unread(server));
    }

    [Theory]
    [InlineData("Content-Length: 5", "he", "llo", false)]
    [InlineData("Content-Length: 5", "", "hello", true)]
    [InlineData("Transfer-Encoding: chunked", "2\r\nhe", "\r\n3\r\nllo\r\n0\r\n\r\n", false)]
    [InlineData("Transfer-Encoding: chunked", "", "5\r\nhello\r\n0\r\n\r\n", true)]
    public async Task A_body_that_is_being_read_is_not_disturbed(string framing, string start, string rest, bool drain)
    {
        await using var server = new Http1Fixture(Echo);
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{start}");
        server.Connection.RequestLeave(drain ? LeaveRequest.Drain : LeaveRequest.HandOver);
        await server.SendAsync(rest);
        var response = await server.Client.ReadAsync();
        Assert.Equal("hello", response.Text);
        Assert.Equal(drain ? "close" : null, response["Connection"]);
        server.Connection.CloseByClient();
        Assert.Equal(drain ? ConnectionOutcome.Close : ConnectionOutcome.HandOver, await server.OutcomeAsync());
    }

    [Fact]
    public async Task A_draining_connection_says_so_in_its_next_response()
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { DrainGrace = 60_000 });
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        server.Connection.RequestLeave(LeaveRequest.Drain);
        Assert.False(server.Serving.IsCompleted);
        var response = await server.RoundTripAsync(Get);
        Assert.Equal("close", response["Connection"]);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_draining_connection_that_stays_idle_is_closed_after_its_grace()
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { DrainGrace = 50 });
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        server.Connection.RequestLeave(LeaveRequest.Drain);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_request_that_has_begun_is_answered_however_long_the_grace()
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { DrainGrace = 0 });
        await server.SendAsync(Get[..10]);
        server.Connection.RequestLeave(LeaveRequest.Drain);
        await server.SendAsync(Get[10..]);
        Assert.Equal("close", (await server.Client.ReadAsync())["Connection"]);
    }
}
