using System.Globalization;
using Endless.Http.Tests.Systemd;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Whoever runs the service is told of it, and supervises it, as of a console program.</summary>
public sealed class HostedServiceManagerTests
{
    private const string Serve = "endless http://127.0.0.1:0";

    [Theory]
    [InlineData("endless")]
    [InlineData("kestrel")]
    public async Task Systemd_is_told_of_start_restart_and_stop(string server)
    {
        using var systemd = new NotifySocket();
        await using var app = await HostedApp.StartAsync([$"{server} http://127.0.0.1:0"], new() { ["NOTIFY_SOCKET"] = systemd.Name });
        Await(systemd, "READY=1");
        var pid = await app.Server.RestartAsync();
        Await(systemd, "RELOADING=1");
        Await(systemd, $"MAINPID={pid}");
        await app.Server.GoneAsync(app.FirstPid);
        app.Server.Signal(Signum.SIGTERM);
        Await(systemd, "STOPPING=1");
        await app.Server.GoneAsync(pid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    /// <summary>As Microsoft.Extensions.Hosting.Systemd has it: what is ordered after the service finds all of it.</summary>
    [Theory]
    [InlineData("endless")]
    [InlineData("kestrel")]
    public async Task Systemd_is_told_that_it_is_ready_when_the_application_has_started(string server)
    {
        using var systemd = new NotifySocket();
        await using var app = HostedApp.Start([$"{server} http://127.0.0.1:0", "starts-when @go"], new() { ["NOTIFY_SOCKET"] = systemd.Name });
        await app.HappensAsync("waiting", generation: 1); // its server accepts by then
        Assert.False(systemd.HasMessage);
        app.Release("go");
        Assert.Equal("READY=1", systemd.Receive()[0]);
        await app.Server.ListeningAsync();
        await app.Server.StopAsync();
    }

    [Theory]
    [InlineData("endless http://127.0.0.1:0")]
    [InlineData("kestrel http://127.0.0.1:0")]
    [InlineData("handlers 127.0.0.1:0")]
    public async Task The_watchdog_is_fed_by_the_process_in_charge(string server)
    {
        using var systemd = new NotifySocket();
        // A sign of life comes each half of it.
        await using var app = await HostedApp.StartAsync([server], new() { ["NOTIFY_SOCKET"] = systemd.Name, ["WATCHDOG_USEC"] = "200000" });
        Await(systemd, "READY=1");
        for (var fed = 0; fed < 3; fed++) Await(systemd, "WATCHDOG=1");
        var pid = await app.Server.RestartAsync();
        Await(systemd, $"MAINPID={pid}");
        await app.Server.GoneAsync(app.FirstPid);
        while (systemd.HasMessage) systemd.Receive();
        for (var fed = 0; fed < 3; fed++) Await(systemd, "WATCHDOG=1");
        await app.Server.StopAsync();
    }

    [Fact]
    public async Task A_supervisor_starts_an_application_anew_that_crashed()
    {
        using var systemd = new NotifySocket();
        await using var app = HostedApp.Start([Serve], new() { ["ENDLESS_SUPERVISOR"] = "1", ["NOTIFY_SOCKET"] = systemd.Name });
        var first = await PidAsync(app, 1);
        Await(systemd, "READY=1"); // one that crashes before is no service yet
        Assert.NotEqual(app.FirstPid, first);
        app.Server.Signal(Signum.SIGKILL, first);
        var second = await PidAsync(app, 2);
        Assert.NotEqual(first, second);
        app.Server.Signal(Signum.SIGTERM, app.FirstPid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Empty(app.Server.Pids);
    }

    private static async Task<int> PidAsync(HostedApp app, int number)
    {
        var lines = await app.Server.Output.WaitForAsync(static line => line.StartsWith("Listening on ", StringComparison.Ordinal), number);
        return int.Parse(lines[^1][(lines[^1].LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private static void Await(NotifySocket systemd, string assignment)
    {
        while (!systemd.Receive().Contains(assignment)) { }
    }
}
