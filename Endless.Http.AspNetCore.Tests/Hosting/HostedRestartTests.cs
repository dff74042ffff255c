using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>An application restarts as a console program does, and its host has its part in it.</summary>
public sealed class HostedRestartTests
{
    private const string Serve = "endless http://127.0.0.1:0";

    [Fact]
    public async Task A_restart_keeps_the_port_and_a_connection()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        using var connection = await app.ConnectAsync();
        Assert.Equal($"generation 1 pid {app.FirstPid}", await HostedApp.GetAsync(connection));
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await HostedApp.GetAsync(connection));
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Contains($"returned, pid {app.FirstPid}", app.Server.Output.Lines);
        await app.Server.StopAsync();
        Assert.Contains($"returned, pid {pid}", app.Server.Output.Lines);
    }

    [Fact]
    public async Task A_generation_is_ready_only_when_all_its_services_have_started()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Script(Serve, "starts-when @go");
        app.Server.Signal(Signum.SIGHUP);
        await app.HappensAsync("waiting", generation: 2); // its server listens by then
        Assert.Equal($"generation 1 pid {app.FirstPid}", await app.GetAsync());
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains(" was ready after ", StringComparison.Ordinal));
        app.Release("go");
        await app.Server.GoneAsync(app.FirstPid);
        Assert.StartsWith("generation 2 ", await app.GetAsync());
    }

    [Fact]
    public async Task The_old_generation_ends_in_order()
    {
        await using var app = await HostedApp.StartAsync(Serve, "single @single");
        var request = app.GetAsync("/wait/go");
        await app.HappensAsync("request go", generation: 1);
        var pid = await app.Server.RestartAsync();
        await app.HappensAsync("stopping", generation: 1);
        Assert.Equal(["request go", "superseded", "single-active stopped", "stopping"], app.Events(generation: 1));
        Assert.Contains(app.FirstPid, app.Server.Pids); // it drains
        app.Release("go");
        Assert.Equal("go", await request);
        await app.Server.GoneAsync(app.FirstPid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
    }

    /// <summary>A client whose socket the application closes when it stops negotiates anew on the connection that it has: dotnet/aspnetcore#46929 in each restart, were that still the old generation's.</summary>
    [Fact]
    public async Task The_application_stops_when_no_client_would_begin_a_request_there()
    {
        await using var app = await HostedApp.StartAsync([Serve], new() { ["Endless__Restart__HandOver"] = "false", ["Endless__Restart__DrainGrace"] = "01:00:00" });
        using var first = await app.ConnectAsync();
        using var second = await app.ConnectAsync();
        await HostedApp.GetAsync(first);
        await HostedApp.GetAsync(second);
        await app.Server.RestartAsync();
        await app.HappensAsync("superseded", generation: 1);
        app.Release("asked");
        Assert.Equal("asked", await HostedApp.GetAsync(first, "/wait/asked"));
        await app.HappensAsync("request asked", generation: 1);
        Assert.Equal(["superseded", "request asked"], app.Events(generation: 1));
        await HostedApp.GetAsync(second);
        await app.HappensAsync("stopping", generation: 1);
        await app.Server.GoneAsync(app.FirstPid);
    }

    [Fact]
    public async Task A_generation_that_dies_on_probation_has_stopped_nothing_of_the_old_one()
    {
        await using var app = await HostedApp.StartAsync([Serve, "single @single"], new() { ["Endless__Restart__Probation"] = "00:00:02" });
        app.Script(Serve, "single @single", "dies-when @die");
        app.Server.Signal(Signum.SIGHUP);
        await app.Server.Output.WaitForAsync(" was ready after ");
        app.Release("die");
        Assert.Contains("after it was ready", await app.Server.Output.WaitForAsync("Restart failed: "));
        Assert.Equal(["1 starts"], app.Lines("single"));
        await app.RecoversAsync([Serve]);
    }

    [Fact]
    public async Task An_application_restarts_itself_and_hears_what_came_of_it()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Script(Serve, "throw-in-main");
        Assert.Contains("before it was ready", await app.GetAsync("/restart"));
        app.Script(Serve);
        Assert.Equal("restarted", await app.GetAsync("/restart"));
        await app.Server.GoneAsync(app.FirstPid);
    }

    [Fact]
    public async Task The_pid_file_names_the_newest_generation_and_takes_requests_to_restart()
    {
        await using var app = await HostedApp.StartAsync(Serve, "pid-file @app.pid");
        var result = await RestartClient.RestartAsync(app["app.pid"], Deadline.Default);
        Assert.True(result.Succeeded, result.Reason);
        Assert.Equal($"{result.ProcessId}\n", File.ReadAllText(app["app.pid"]));
        await app.Server.GoneAsync(app.FirstPid);
        app.Server.Follow(result.ProcessId);
        await app.Server.StopAsync();
        Assert.False(File.Exists(app["app.pid"]));
    }

    [Fact]
    public async Task A_secret_survives_three_restarts()
    {
        await using var app = await HostedApp.StartAsync(Serve, "keys");
        var secret = await app.GetAsync("/protect");
        for (var i = 0; i < 3; i++)
        {
            await app.RestartAsync();
            Assert.Equal("a secret", await app.GetAsync($"/unprotect/{secret}"));
        }
    }

    [Fact]
    public async Task Handlers_of_the_generic_host_restart_and_have_scoped_services()
    {
        await using var app = await HostedApp.StartAsync("handlers 127.0.0.1:0");
        using var connection = await app.ConnectAsync();
        Assert.Equal($"generation 1 pid {app.FirstPid}, scoped", await HostedApp.GetAsync(connection));
        await app.Server.RestartAsync();
        await app.Server.GoneAsync(app.FirstPid);
        Assert.StartsWith("generation 2 ", await HostedApp.GetAsync(connection));
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal(["superseded", "stopping"], app.Events(generation: 1));
        await app.Server.StopAsync();
    }
}
