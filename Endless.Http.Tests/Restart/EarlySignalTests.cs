using System.Globalization;
using System.Text.RegularExpressions;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;
using Xunit.Abstractions;

namespace Endless.Http.Tests.Restart;

/// <summary>Signals to a process that has no handlers yet, and signals that whoever started it had blocked.</summary>
public partial class EarlySignalTests(ITestOutputHelper output)
{
    private const string Serve = "serve 127.0.0.1:0";

    [Fact]
    public async Task A_SIGHUP_to_all_soon_after_the_spawn_kills_no_child_and_is_kept()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var app = await RestartApp.StartAsync(Serve);
        var serving = app.Pid;
        for (var turn = 1; turn <= 10; turn++)
        {
            app.Server.Signal(Signum.SIGHUP, serving);
            var child = await StartedByAsync(app, serving);
            await Task.Delay(random.Next(100)); // the fault, not a wait
            foreach (var pid in app.Server.Pids) app.Server.Signal(Signum.SIGHUP, pid);
            // Kept: the child restarts in turn, and the next one serves alone.
            serving = await StartedByAsync(app, child);
            await Deadline.UntilAsync(() => app.Server.Pids is [var only] && only == serving, $"turn {turn}, seed {seed}: only {serving} is left. The output was:\n{app.Server.Output}");
        }
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("Restart failed"));
        app.Server.Follow(serving);
    }

    [Theory]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGINT)]
    [InlineData(Signum.SIGUSR1)]
    [InlineData(Signum.SIGUSR2)]
    [InlineData(Signum.SIGTSTP)]
    public async Task Any_handled_signal_to_a_child_without_handlers_is_kept(Signum signal)
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Server.Signal(Signum.SIGHUP);
        var child = await StartedByAsync(app, app.Pid);
        app.Server.Signal(signal, child);
        await app.SaysAsync($"pid {child}: Received {signal}.");
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains("was killed by"));
    }

    [FactWithTools("env")]
    public async Task Signals_that_the_starter_had_blocked_restart_and_stop()
    {
        await using var app = await RestartApp.StartAsync(
            [Serve], app => app.Executable("start.sh", $"#!/bin/sh\nexec env --block-signal=HUP,TERM,INT,USR2 {app["app"]} \"$@\"\n"));
        await app.RestartAsync();
        await app.Server.StopAsync();
    }

    [Fact]
    public async Task A_subprocess_of_a_new_generation_has_no_signal_blocked()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "report");
        var pid = await app.RestartAsync();
        await app.SaysAsync($"subprocess blocks 0000000000000000, pid {pid}");
    }

    [Fact]
    public async Task Threads_that_the_library_starts_have_the_handled_signals_unblocked()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        var handled = SignalMask.Handled.ToArray().Sum(signal => 1L << (signal - 1));
        var workers = Directory.GetDirectories($"/proc/{pid}/task")
            .Where(task => File.ReadAllText($"{task}/comm") is var name && (name.StartsWith("endless") || Path.GetFileName(task) == $"{pid}"))
            .ToList();
        Assert.True(workers.Count > 1);
        Assert.All(workers, task => Assert.Equal(0, handled & Convert.ToInt64(File.ReadLines($"{task}/status").Single(line => line.StartsWith("SigBlk:"))[8..], 16)));
    }

    [Fact]
    public void The_blocked_signals_are_the_handled_ones() =>
        Assert.Equal(SignalHooks.HandledSignals.Select(signal => (int)signal), SignalMask.Handled.ToArray());

    /// <summary>The child that a generation says it has started.</summary>
    private static async Task<int> StartedByAsync(RestartApp app, int parent)
    {
        var line = await app.Server.Output.WaitForAsync(line => line.Contains($" pid {parent}: Restarting: generation "));
        return int.Parse(StartedAs().Match(line[0]).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"started as pid (\d+)")]
    private static partial Regex StartedAs();
}
