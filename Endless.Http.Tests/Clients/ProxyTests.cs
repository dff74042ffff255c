using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Clients;

/// <summary>The proxies that stand in front of servers, with keep-alive to the upstream: what they keep, a restart must not cut.</summary>
public class ProxyTests
{
    [FactWithTools("nginx")]
    public Task Nginx_passes_everything_on() => PassesEverythingOnAsync(ProxyProcess.NginxAsync);

    [FactWithTools("haproxy")]
    public Task Haproxy_passes_everything_on() => PassesEverythingOnAsync(ProxyProcess.HaproxyAsync);

    [FactWithTools("nginx")]
    public Task Nginx_notices_no_restart() => NoticesNoRestartAsync(ProxyProcess.NginxAsync);

    [FactWithTools("haproxy")]
    public Task Haproxy_notices_no_restart() => NoticesNoRestartAsync(ProxyProcess.HaproxyAsync);

    [FactWithTools("haproxy", "curl")]
    public async Task Haproxy_is_not_slipped_past_by_an_upgrade()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        await using var proxy = await ProxyProcess.HaproxyAsync(server.EndPoint);
        // Were it taken up, what follows on the connection would be HTTP/2 that the proxy cannot read.
        Assert.Equal("/target?a=b 1.1 200", await Tool.RunAsync("curl", "-s", "--http2", "-w", " %{http_version} %{http_code}", $"{proxy.Url}/target?a=b"));
    }

    private static async Task PassesEverythingOnAsync(Func<EndPoint, Task<ProxyProcess>> start)
    {
        await using var server = await ExampleProcess.TestServerAsync();
        await using var proxy = await start(server.EndPoint);
        using var client = new HttpClient { BaseAddress = new Uri(proxy.Url), Timeout = Deadline.Default };

        for (var i = 0; i < 200; i++) Assert.Equal("Hello, World!", await client.GetStringAsync("/"));
        Assert.Equal("onetwothree", await client.GetStringAsync("/chunked"));
        Assert.Equal(10_000_000, (await client.GetByteArrayAsync("/big?n=10000000")).Length);

        var sent = new byte[2_000_000];
        new Random(1).NextBytes(sent);
        using var echoed = await client.PostAsync("/echo", new ByteArrayContent(sent));
        Assert.Equal(sent, await echoed.Content.ReadAsByteArrayAsync());

        foreach (var (path, status) in ((string, HttpStatusCode)[])[("/nobody", HttpStatusCode.NoContent), ("/304", HttpStatusCode.NotModified), ("/nowhere", HttpStatusCode.NotFound), ("/throw", HttpStatusCode.InternalServerError)])
        {
            using var response = await client.GetAsync(path);
            Assert.Equal(status, response.StatusCode);
        }
    }

    private static async Task NoticesNoRestartAsync(Func<EndPoint, Task<ProxyProcess>> start)
    {
        await using var server = await ExampleProcess.TestServerAsync();
        await using var proxy = await start(server.EndPoint);
        var load = await LoadDriver.StartAsync(proxy.EndPoint, new LoadOptions { KeepAliveClients = 16, FreshEvery = TimeSpan.FromMilliseconds(5) });
        for (var restart = 0; restart < 2; restart++)
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
        }
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details) + "\n" + proxy.Log);
    }
}
