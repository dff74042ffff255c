using System.Net.Sockets;
using System.Text;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Server;

/// <summary>A server with a setting at its extreme serves and stops.</summary>
public sealed class ExtremeSettingsTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    [Fact]
    public async Task Each_extreme_that_is_taken_lets_a_server_serve_and_stop()
    {
        foreach (var (name, value) in SettingsTests.Taken())
        {
            using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(async (w, r) => w.Write($"read {(await r.ReadBodyAsync()).Length}")));
            typeof(EndlessServer).GetProperty(name.Split('.')[1])!.SetValue(fixture.Server, value);
            await fixture.StartAsync();
            var client = await fixture.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(Post));
            var answer = await ReceiveAsync(client);
            var noBody = name == "EndlessServer.MaxRequestBodyBytes" && value is 0L;
            Assert.True(answer.StartsWith(noBody ? "HTTP/1.1 413 " : "HTTP/1.1 200 ", StringComparison.Ordinal), $"{name} = {value}: {answer}");
            client.Dispose();
            var shutdown = fixture.Server.ShutdownAsync();
            if (name == "EndlessServer.StopDelay" && value is not TimeSpan { Ticks: 0 })
            {
                await fixture.Log.WaitForAsync("told to stop; accepting until told again.");
                Assert.Equal(ServerState.Running, fixture.Server.State);
                _ = fixture.Server.ShutdownAsync();
            }
            await Task.WhenAll(shutdown, fixture.Serving).WaitAsync(ServerFixture.Deadline);
        }
    }

    [Fact]
    public async Task A_hammer_time_too_long_for_a_timer_is_for_ever()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(async (w, _) =>
        {
            entered.SetResult();
            await go.Task;
            w.Write("done");
        }));
        fixture.Server.HammerTime = TimeSpan.MaxValue;
        await fixture.StartAsync();
        var client = await fixture.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await entered.Task.WaitAsync(ServerFixture.Deadline);
        var shutdown = fixture.Server.ShutdownAsync();
        await fixture.Log.WaitForAsync("finishing 1 connection(s)");
        go.SetResult();
        Assert.EndsWith("done", await ReceiveAsync(client));
        await shutdown.WaitAsync(ServerFixture.Deadline);
        await fixture.Serving.WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task A_drain_grace_for_ever_keeps_an_idle_connection_until_its_next_request()
    {
        foreach (var grace in (TimeSpan[])[Timeout.InfiniteTimeSpan, TimeSpan.MaxValue])
        {
            using var fixture = new ServerFixture();
            fixture.Server.DrainGrace = grace;
            await fixture.StartAsync();
            var client = await fixture.ConnectAsync();
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await ReceiveAsync(client);
            var shutdown = fixture.Server.ShutdownAsync();
            await fixture.Log.WaitForAsync("finishing 1 connection(s)");
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            Assert.Contains("Connection: close", await ReceiveAsync(client));
            await shutdown.WaitAsync(ServerFixture.Deadline);
        }
    }

    [Theory]
    [InlineData(long.MinValue, 5)]
    [InlineData(-1, 5)]
    [InlineData(5, 5)]
    [InlineData(long.MaxValue, 5)]
    [InlineData(0, -1)]
    public async Task A_requests_own_limit_of_its_body_may_be_any_number(long limit, int read)
    {
        var count = -1;
        await using var server = new Http1Fixture(async (_, r) =>
        {
            r.MaxBodyBytes = limit;
            count = (await r.ReadBodyAsync()).Length;
        });
        Assert.Equal(read < 0 ? 413 : 200, (await server.RoundTripAsync(Post)).Status);
        Assert.Equal(read, count);
    }

    private static async Task<string> ReceiveAsync(Socket client)
    {
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline));
    }
}
