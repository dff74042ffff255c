using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Restarts of a real process that succeed.</summary>
public class RestartProcessTests
{
    private const string Serve = "serve 127.0.0.1:0";

    [Fact]
    public async Task Hooks_run_in_order_around_every_handled_signal()
    {
        await using var app = await RestartApp.StartAsync(Serve, "hooks");
        foreach (var signal in (Signum[])[Signum.SIGUSR1, Signum.SIGTSTP, Signum.SIGUSR2, Signum.SIGHUP])
        {
            app.Server.Signal(signal);
            await app.SaysAsync($"PostSignal {signal}, pid {app.Pid}");
        }
        var own = $", pid {app.Pid}";
        var lines = app.Server.Output.Lines.Where(line => line.EndsWith(own) && line.Contains("Signal ")).Select(line => line[..^own.Length]);
        Assert.Equal(
            ((string[])["SIGUSR1", "SIGTSTP", "SIGUSR2", "SIGHUP"]).SelectMany(signal => (string[])["PreSignal any", $"PreSignal {signal}", "PostSignal any", $"PostSignal {signal}"]),
            lines);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_throwing_hook_is_logged_and_the_restart_goes_on()
    {
        await using var app = await RestartApp.StartAsync(Serve, "hook-throws");
        await app.RestartAsync();
        await app.SaysAsync("InvalidOperationException: the hook was told to throw");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_signal_during_a_hook_is_not_lost()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, $"hook-waits {app["go"]}");
        var second = await app.RestartAsync();
        app.Script(Serve);
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync($"hook waits, pid {second}");
        app.Server.Signal(Signum.SIGUSR1);
        app.Server.Signal(Signum.SIGTERM);
        app.Release("go");
        await app.SaysAsync($"pid {second}: Received SIGUSR1.");
        await app.SaysAsync($"pid {second}: Received SIGTERM.");
        await app.Server.GoneAsync(second);
    }

    [Fact]
    public async Task SIGHUPs_during_a_restart_are_noted_and_start_no_second_child()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script("wait-for " + app["go"], Serve);
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("waits for");
        for (var i = 0; i < 10; i++)
        {
            app.Server.Signal(Signum.SIGHUP);
            await app.Server.Output.WaitForAsync(line => line.Contains("SIGHUP noted: a restart is already under way: generation 2"), i + 1);
        }
        Assert.Equal(2, app.Server.Pids.Count);
        app.Release("go");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.StartsWith("generation 2 ", await app.GetAsync());
        Assert.Single(app.Server.Pids);
    }

    [Fact]
    public async Task SIGHUPs_to_a_generation_that_drains_are_noted_with_who_took_over()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var slow = await app.BeginAsync("slow");
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 1 connection(s)");
        for (var i = 0; i < 10; i++)
        {
            app.Server.Signal(Signum.SIGHUP, app.Pid);
            await app.Server.Output.WaitForAsync(line => line.Contains($"SIGHUP noted: generation 2 (pid {pid}) has taken over; it is the one to restart."), i + 1);
        }
        app.Release("slow");
        await slow;
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task Generation_3_starts_while_1_still_drains()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var first = await app.BeginAsync("first");
        var second = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {second}) was ready");
        var next = await app.BeginAsync("next");
        var third = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 3 (pid {third}) was ready");
        Assert.Equal($"generation 3 pid {third}", await app.GetAsync());
        Assert.Equal(new[] { app.Pid, second, third }.Order(), app.Server.Pids); // numbers begin anew at the highest
        app.Release("next");
        Assert.Equal($"generation 2 pid {second}", await next);
        app.Release("first");
        Assert.Equal($"generation 1 pid {app.Pid}", await first);
        await app.Server.GoneAsync(second);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_SIGHUP_to_a_generation_that_is_not_ready_is_kept_until_it_is()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script("serve 127.0.0.1:0", $"wait-in-begin {app["go"]}");
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("waits in BeforeBegin");
        var second = app.Server.Pids.Single(pid => pid != app.Pid);
        app.Server.Signal(Signum.SIGHUP, second);
        await app.SaysAsync($"pid {second}: SIGHUP noted: this generation is not ready itself; it restarts as soon as it is.");
        app.Script(Serve);
        app.Release("go");
        await app.Server.GoneAsync(app.Pid);
        await app.Server.GoneAsync(second);
        Assert.StartsWith("generation 3 ", await app.GetAsync());
    }

    [Fact]
    public async Task Addresses_are_added_and_dropped_by_a_restart()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var kept = app.Server.Addresses[0];
        app.Script(Serve, $"serve unix:{app["added.sock"]}");
        var second = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {second}", await app.GetAsync(address: kept));
        Assert.Equal($"generation 2 pid {second}", await app.GetAsync(address: $"unix:{app["added.sock"]}"));

        app.Script($"serve unix:{app["added.sock"]}");
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("127.0.0.1:0 is no longer served: no server of this generation asked for it.");
        await app.Server.GoneAsync(second);
        Assert.StartsWith("generation 3 ", await app.GetAsync(address: $"unix:{app["added.sock"]}"));
        Assert.Equal(FailureKind.Refused, (await Assert.ThrowsAsync<LoadFailure>(() => app.GetAsync(address: kept))).Kind);

        app.Server.Follow(app.Server.Pids.Single());
        await app.Server.StopAsync();
        Assert.False(File.Exists(app["added.sock"]));
    }

    [Fact]
    public async Task The_old_generation_leaves_a_UNIX_sockets_path_to_the_new_one()
    {
        await using var app = await RestartApp.StartAsync($"serve unix:/tmp/endless-{Guid.NewGuid():N}.sock");
        for (var generation = 2; generation <= 4; generation++)
        {
            var pid = await app.RestartAsync();
            Assert.Equal($"generation {generation} pid {pid}", await app.GetAsync());
        }
        await app.Server.StopAsync();
        Assert.False(File.Exists(app.Server.Addresses[0]["unix:".Length..]));
    }

    [Fact]
    public async Task Twenty_restarts_in_a_row_leave_as_many_descriptors_open_as_before()
    {
        await using var app = await RestartApp.StartAsync(Serve, "serve 127.0.0.1:0");
        var pid = await app.RestartAsync();
        await AloneAsync();
        var before = Descriptors();
        for (var i = 0; i < 20; i++) pid = await app.RestartAsync();
        Assert.Equal($"generation 22 pid {pid}", await app.GetAsync());
        Assert.Equal([pid], app.Server.Pids);
        await AloneAsync();
        await Deadline.UntilAsync(() => Descriptors() == before, $"{before} and no more, once the request's connection is closed");

        // The control channel is closed by then.
        Task AloneAsync() => app.Server.Output.WaitForAsync(line => line.Contains($"pid {pid}: Generation ") && line.EndsWith("has finished."));

        // Sockets, pipes and the like by kind; files the runtime maps are its own affair.
        string Descriptors() => string.Join(' ', Directory.GetFiles($"/proc/{pid}/fd")
            .Select(link => new FileInfo(link).LinkTarget ?? "")
            .Where(target => !target.StartsWith('/'))
            .Select(target => target.Split(':')[0])
            .CountBy(kind => kind)
            .OrderBy(pair => pair.Key));
    }
}
