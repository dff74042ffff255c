using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Clients;

/// <summary>A load balancer that checks its servers' readiness, in front of two of them.</summary>
public class LoadBalancerTests
{
    private static readonly LoadOptions Load = new() { KeepAliveClients = 8, Think = TimeSpan.FromMilliseconds(2), FreshEvery = TimeSpan.FromMilliseconds(10) };

    [FactWithTools("haproxy")]
    public async Task A_server_that_stops_for_good_is_left_before_it_closes()
    {
        await using var first = await ExampleProcess.TestServerAsync("--stop-delay", "3600000");
        await using var second = await ExampleProcess.TestServerAsync();
        await using var proxy = await ProxyProcess.CheckingHaproxyAsync(first.EndPoint, second.EndPoint);
        var load = await LoadDriver.StartAsync(proxy.EndPoint, Load);
        first.Signal(Signum.SIGTERM);
        await Deadline.UntilAsync(() => proxy.Log.Contains("endless/first is DOWN"), "the check finds the first down"); // its port is open still
        first.Signal(Signum.SIGTERM); // ends the delay
        Assert.Equal(0, await first.ExitCodeAsync());
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details) + "\n" + proxy.Log);
        Assert.Contains("code: 503", proxy.Log);
    }

    [FactWithTools("haproxy")]
    public async Task A_server_that_restarts_stays()
    {
        await using var first = await ExampleProcess.TestServerAsync("--probation", "2000"); // the proxy's checks fall into it
        await using var second = await ExampleProcess.TestServerAsync();
        await using var proxy = await ProxyProcess.CheckingHaproxyAsync(first.EndPoint, second.EndPoint);
        var load = await LoadDriver.StartAsync(proxy.EndPoint, Load);
        var old = first.Pid;
        await first.RestartAsync();
        await first.GoneAsync(old);
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details) + "\n" + proxy.Log);
        Assert.DoesNotContain("is DOWN", proxy.Log);
    }
}
