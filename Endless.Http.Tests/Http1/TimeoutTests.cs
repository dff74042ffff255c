using System.Diagnostics;
using System.Text;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>408 where a request had begun, silence where none had; and none of it can be put off by a byte now and then.</summary>
public sealed class TimeoutTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly AsyncHandlerFunc Echo = async (w, r) => await w.WriteAsync(await r.ReadBodyAsync());

    /// <summary>Sends the bytes one by one, each some time after the other, until the server has enough.</summary>
    private static async Task DripAsync(Http1Fixture server, string text, int milliseconds = 20)
    {
        foreach (var b in Encoding.Latin1.GetBytes(text))
        {
            if (server.Connection.IsWriteShutDown) return;
            await server.SendAsync(new[] { b });
            await Task.Delay(milliseconds);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    public async Task A_connection_that_says_nothing_is_closed_in_silence(string bytes)
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { ReadHeader = 50 });
        await server.SendAsync(bytes);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task An_idle_connection_is_closed_in_silence()
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { Idle = 50, ReadHeader = 60_000 });
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        await server.Client.AssertEndAsync();
    }

    [Theory]
    [InlineData("GET /")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ")]
    public async Task A_head_that_does_not_come_gets_a_408(string start)
    {
        foreach (var first in new[] { true, false })
        {
            await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { ReadHeader = 100, Linger = 100 });
            if (!first) Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
            await server.SendAsync(start);
            Assert.Equal(408, (await server.Client.ReadAsync()).Status);
            await server.Client.AssertEndAsync();
            server.AssertQuietLog();
        }
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ")]
    public async Task A_head_that_drips_gets_a_408(string start)
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { ReadHeader = 100, Linger = 100 });
        await server.SendAsync(start);
        await DripAsync(server, new string('a', 500));
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("Content-Length: 5", "he")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhe")]
    [InlineData("Transfer-Encoding: chunked", "5")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n")]
    public async Task A_body_that_does_not_come_gets_a_408(string framing, string start)
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { Read = 100, Linger = 100 });
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{start}");
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
        await server.Client.AssertEndAsync();
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("Content-Length: 5000", "")]
    [InlineData("Transfer-Encoding: chunked", "1000\r\n")]
    [InlineData("Transfer-Encoding: chunked", "1;")]
    [InlineData("Transfer-Encoding: chunked", "0\r\nX")]
    public async Task A_body_that_drips_gets_a_408(string framing, string start)
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { Read = 100, Linger = 100 });
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{start}");
        await DripAsync(server, new string('a', 500));
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("Content-Length: 5000", "")]
    [InlineData("Transfer-Encoding: chunked", "1000\r\n")]
    public async Task A_body_slower_than_the_minimum_rate_gets_a_408(string framing, string start)
    {
        var limits = new ProtocolLimits { MinBodyBytesPerSecond = 10_000, MinBodyRateGrace = 100 };
        await using var server = new Http1Fixture(Echo, limits, new ProtocolTimeouts { Linger = 100 });
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n{start}");
        await DripAsync(server, new string('a', 500));
        Assert.Equal(408, (await server.Client.ReadAsync()).Status);
    }

    [Fact]
    public async Task The_minimum_rate_can_be_switched_off()
    {
        var limits = new ProtocolLimits { MinBodyBytesPerSecond = 0, MinBodyRateGrace = 50 };
        await using var server = new Http1Fixture(Echo, limits);
        await server.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        await DripAsync(server, "hello", 40);
        Assert.Equal("hello", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Time_that_the_handler_takes_does_not_count_against_the_rate()
    {
        var limits = new ProtocolLimits { MinBodyBytesPerSecond = 1_000_000, MinBodyRateGrace = 100 };
        await using var server = new Http1Fixture(async (w, r) =>
        {
            await Task.Delay(300);
            await w.WriteAsync(await r.ReadBodyAsync());
        }, limits);
        await server.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal("hello", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_given_up()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            while (true) await w.WriteAsync(new byte[100_000]);
        }, timeouts: new ProtocolTimeouts { Write = 100 });
        await server.SendAsync(Get);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }

    [Fact]
    public async Task An_unread_body_that_does_not_come_does_not_hold_the_connection()
    {
        foreach (var framing in new[] { "Content-Length: 5", "Transfer-Encoding: chunked" })
        {
            await using var server = new Http1Fixture((w, r) => w.Write("ignored"), timeouts: new ProtocolTimeouts { Read = 100, Linger = 50 });
            var response = await server.RoundTripAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
            Assert.Equal("ignored", response.Text);
            Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
            server.AssertQuietLog();
        }
    }

    [Fact]
    public async Task Each_request_has_its_own_time()
    {
        await using var server = new Http1Fixture(Echo, timeouts: new ProtocolTimeouts { ReadHeader = 3_000, Read = 3_000, Write = 3_000, Idle = 3_000 });
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 4_000)
        {
            Assert.Equal("a", (await server.RoundTripAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na")).Text);
            await Task.Delay(100);
        }
    }
}
