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

    [Fact]
    public async Task A_supervisor_starts_an_application_anew_that_crashed()
    {
        await using var app = HostedApp.Start([Serve], new() { ["ENDLESS_SUPERVISOR"] = "1" });
        var first = await PidAsync(app, 1);
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
