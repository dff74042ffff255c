using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>
/// A deadline passed, and when the server looks the bytes are there: who was late is not known, and nobody is told 408. In memory, where time passes at once as for a process that was stopped.
/// </summary>
public sealed class LateServerTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const long Stopped = 1_000_000;

    private static readonly ProtocolTimeouts Timeouts = new() { ReadHeader = 60_000, Read = 120_000, Idle = 60_000, Write = 60_000, Linger = 60_000 };
    private static readonly AsyncHandlerFunc Echo = async (w, r) => await w.WriteAsync(await r.ReadBodyAsync());

    [Fact]
    public async Task A_head_that_had_come_by_the_late_look_is_answered()
    {
        await using var server = new Http1Fixture(Echo, timeouts: Timeouts);
        await server.SendAsync("GET / HT");
        server.Connection.PassTime(Stopped);
        await server.SendAsync("TP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_head_of_which_a_part_had_come_by_the_late_look_gets_a_408()
    {
        await using var server = new Http1Fixture(Echo, timeouts: Timeouts with { Linger = 0 });
        await server.SendAsync("GET / HT");
        server.Connection.PassTime(Stopped);
        await server.SendAsync("TP/1.1\r\n");
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
    }

    [Fact]
    public async Task A_request_on_an_idle_connection_that_had_come_is_answered()
    {
        await using var server = new Http1Fixture(Echo, timeouts: Timeouts);
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        server.Connection.PassTime(Stopped);
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
    }

    [Theory]
    [InlineData("Content-Length: 5", "he", "llo", 120_000, 0)]
    [InlineData("Transfer-Encoding: chunked", "2\r\nhe\r\n3", "\r\nllo\r\n0\r\n\r\n", 120_000, 0)]
    [InlineData("Content-Length: 5", "he", "llo", -1, 1_000_000)]
    [InlineData("Transfer-Encoding: chunked", "2\r\nhe\r\n3", "\r\nllo\r\n0\r\n\r\n", -1, 1_000_000)]
    public async Task A_body_that_had_come_by_the_late_look_is_read(string framing, string start, string rest, long readTimeout, int rate)
    {
        var limits = new ProtocolLimits { MinBodyBytesPerSecond = rate, MinBodyRateGrace = 60_000 };
        await using var server = new Http1Fixture(Handler.From(Echo), limits, Timeouts with { Read = readTimeout });
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{start}");
        server.Connection.PassTime(Stopped);
        await server.SendAsync(rest);
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "hello"), (response.Status, response.Text));
    }

    [Fact]
    public async Task A_body_that_comes_on_and_on_after_its_deadline_gets_a_408()
    {
        Http1Fixture? fixture = null;
        var reads = 0;
        await using var server = fixture = new Http1Fixture(async (w, r) =>
        {
            fixture!.Connection.Reading = () =>
            {
                reads++;
                fixture.Connection.PassTime(Timeouts.Read / 4);
                fixture.Connection.ToServer.WriteAsync("x"u8.ToArray()).AsTask().Wait();
            };
            await w.WriteAsync(await r.ReadBodyAsync());
        }, timeouts: Timeouts with { Linger = 0 });
        await server.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
        // Nor does what comes on and on after the last response hold the connection: a read that finds bytes never times out.
        await server.OutcomeAsync();
        Assert.InRange(reads, 4, 20);
    }
}
