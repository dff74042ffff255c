using System.Net.Sockets;
using System.Text;
using Endless.Http.Generations;
using Endless.Http.Load;
using Endless.Http.Tests.Restart;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Handlers;

public class HealthHandlerTests
{
    private readonly Generation _generation = new(new FakeHost(), TimeSpan.FromSeconds(1));

    private static async Task<string> GetAsync(Socket client)
    {
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        var count = await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    [Fact]
    public async Task Readiness_fails_from_the_first_moment_of_a_stop_while_the_server_still_accepts()
    {
        var handler = new HealthHandler(_generation, readiness: true, null);
        using var fixture = new ServerFixture(handler: (w, r) => handler.ServeHttpAsync(w, r).GetAwaiter().GetResult(), generation: _generation);
        fixture.Server.StopDelay = TimeSpan.FromMinutes(5);
        await fixture.StartAsync();
        var client = await fixture.ConnectAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await GetAsync(client));

        var shutdown = fixture.Server.ShutdownAsync();
        Assert.Equal(ServerState.Running, fixture.Server.State);
        var answer = await GetAsync(await fixture.ConnectAsync());
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer);
        Assert.EndsWith("\r\n\r\nstopping\n", answer);
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", await GetAsync(client));

        _ = fixture.Server.ShutdownAsync(); // the second one does not wait for the delay
        client.Dispose();
        await Deadline.UntilAsync(() => fixture.Server.State != ServerState.Running, "the delay is over");
        fixture.Server.Close();
        await shutdown.WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task Liveness_does_not_mind_a_stop()
    {
        var handler = new HealthHandler(_generation, readiness: false, null);
        using var fixture = new ServerFixture(handler: (w, r) => handler.ServeHttpAsync(w, r).GetAwaiter().GetResult(), generation: _generation);
        fixture.Server.StopDelay = TimeSpan.FromMinutes(5);
        await fixture.StartAsync();
        _ = fixture.Server.ShutdownAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await GetAsync(await fixture.ConnectAsync()));
    }

    [Fact]
    public async Task The_application_has_its_say()
    {
        var ready = false;
        Func<CancellationToken, ValueTask<bool>> check = _ => ready ? ValueTask.FromResult(true) : throw new IOException("no database");
        var handler = new HealthHandler(_generation, readiness: true, check);
        using var fixture = new ServerFixture(handler: (w, r) => handler.ServeHttpAsync(w, r).GetAwaiter().GetResult(), generation: _generation);
        await fixture.StartAsync();
        var client = await fixture.ConnectAsync();
        Assert.EndsWith("\r\n\r\nnot ready\n", await GetAsync(client));
        Assert.Equal("no database", (await fixture.Log.WaitForAsync("The health check failed")).Exception?.Message);
        ready = true;
        Assert.EndsWith("\r\n\r\nok\n", await GetAsync(client));
    }

    [Fact]
    public async Task Close_does_not_wait_for_the_stop_delay()
    {
        using var fixture = new ServerFixture(generation: _generation);
        fixture.Server.StopDelay = TimeSpan.FromMinutes(5);
        await fixture.StartAsync();
        fixture.Server.Close();
        await fixture.Serving.WaitAsync(ServerFixture.Deadline);
    }
}
