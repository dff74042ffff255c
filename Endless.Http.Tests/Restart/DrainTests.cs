using System.Diagnostics;
using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>The end of a generation, by a restart or by a signal: what has begun is finished, hammer time ends the rest, and the exit code is 0.</summary>
public class DrainTests
{
    private const string Serve = "serve 127.0.0.1:0";

    [Theory]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGINT)]
    public async Task A_stop_finishes_the_request_under_way_and_returns_normally(Signum signal)
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var slow = await app.BeginAsync("slow");
        app.Server.Signal(signal);
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        app.Release("slow");
        Assert.Equal($"generation 1 pid {app.Pid}", await slow);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.SaysAsync($"returned, pid {app.Pid}");
    }

    [Fact]
    public async Task A_second_stop_during_a_drain_is_noted_and_changes_nothing()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var slow = await app.BeginAsync("slow");
        app.Server.Signal(Signum.SIGTERM);
        await app.SaysAsync("stopped accepting; finishing 1 connection(s).");
        app.Server.Signal(Signum.SIGTERM);
        await app.SaysAsync("SIGTERM noted: already draining; SIGUSR2 ends that at once.");
        app.Release("slow");
        Assert.Equal($"generation 1 pid {app.Pid}", await slow);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Theory]
    [InlineData("/wait")]
    [InlineData("/block")]
    public async Task At_hammer_time_connections_are_closed_and_counted(string path)
    {
        await using var app = await RestartApp.StartAsync(Serve, "hammer 300");
        var slow = await app.BeginAsync("never", path);
        app.Server.Signal(Signum.SIGTERM);
        Assert.Contains((await Assert.ThrowsAsync<LoadFailure>(() => slow)).Kind, (FailureKind[])[FailureKind.ClosedUnannounced, FailureKind.Reset]);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.SaysAsync("hammer time, closed 1 connection(s).");
    }

    [Fact]
    public async Task SIGUSR2_hammers_a_draining_server_at_once_and_no_other()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Server.Signal(Signum.SIGUSR2);
        await app.SaysAsync("SIGUSR2 noted: nothing is draining.");
        var slow = await app.BeginAsync("never");
        app.Server.Signal(Signum.SIGTERM);
        await app.SaysAsync("stopped accepting");
        app.Server.Signal(Signum.SIGUSR2);
        await Assert.ThrowsAsync<LoadFailure>(() => slow);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task After_a_restart_the_old_generation_finishes_what_it_has_and_SIGUSR2_hammers_it()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var finished = await app.BeginAsync("finished");
        var hammered = await app.BeginAsync("never");
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 2 connection(s).");
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        app.Release("finished");
        Assert.Equal($"generation 1 pid {app.Pid}", await finished);
        app.Server.Signal(Signum.SIGUSR2, app.Pid);
        await Assert.ThrowsAsync<LoadFailure>(() => hammered);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.SaysAsync($"Generation 1 (pid {app.Pid}) has finished.");
    }

    /// <summary>Takes the 10 s after which it is said first: the program is a user's and cannot have it sooner.</summary>
    [Fact]
    public async Task A_restart_says_what_its_drain_waits_for()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var oldest = await app.BeginAsync("oldest");
        var other = await app.BeginAsync("other");
        await app.Server.RestartAsync();
        var line = (await app.Server.Output.WaitForAsync(line => line.Contains(": waiting for "), 1))[0];
        Assert.Matches("127\\.0\\.0\\.1:[0-9]+: waiting for GET /wait, [0-9]{2} s, and 1 more\\.$", line);
        app.Release("oldest");
        app.Release("other");
        await Task.WhenAll(oldest, other);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task An_idle_connection_is_kept_for_the_grace_and_answered_with_close()
    {
        await using var app = await RestartApp.StartAsync(Serve, "grace 60000", "keep-connections");
        using var silent = await app.ConnectAsync();
        using var idle = await app.ConnectAsync();
        await RestartApp.GetAsync(idle); // so the one before it in the queue was accepted too
        await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 2 connection(s).");
        foreach (var connection in (ClientConnection[])[idle, silent])
        {
            var response = await connection.RequestAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            Assert.True(response.Closes);
            await connection.ClosedAsync();
        }
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task Connections_that_stay_silent_are_closed_after_the_grace_time()
    {
        await using var app = await RestartApp.StartAsync(Serve, "grace 200", "keep-connections");
        using var silent = await app.ConnectAsync();
        using var idle = await app.ConnectAsync();
        await RestartApp.GetAsync(idle); // so the one before it in the queue was accepted too
        await app.Server.RestartAsync();
        await idle.ClosedAsync();
        await silent.ClosedAsync();
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("hammer time"));
    }

    [Fact]
    public async Task ShutdownInitiated_runs_once_in_the_old_generation_and_is_waited_for()
    {
        await using var app = await RestartApp.StartAsync(Serve, "initiated 400");
        await app.Server.RestartAsync();
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.SaysAsync("returned");
        var lines = app.Server.Output.Lines.Where(line => line.StartsWith("shutdown ") || line.StartsWith("returned")).ToArray();
        Assert.Equal([$"shutdown initiated, pid {app.Pid}", $"shutdown over, hammer False, pid {app.Pid}", $"returned, pid {app.Pid}"], lines);
    }

    [Fact]
    public async Task ShutdownInitiateds_token_fires_at_hammer_time()
    {
        await using var app = await RestartApp.StartAsync(Serve, "initiated 60000", "hammer 300");
        var start = Stopwatch.GetTimestamp();
        app.Server.Signal(Signum.SIGTERM);
        await app.SaysAsync($"shutdown over, hammer True, pid {app.Pid}");
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(290));
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    [Fact]
    public async Task A_stop_during_a_restart_takes_the_unready_child_along()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "begin-hangs");
        var child = await app.Server.RestartAsync();
        app.Server.Signal(Signum.SIGTERM, app.Pid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.Server.GoneAsync(child);
        await app.SaysAsync($"Restart given up: this process was told to stop.");
    }
}
