using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Signals that stop are the host's, and mean the service with all its generations.</summary>
public sealed class HostedStopTests
{
    private const string Serve = "endless http://127.0.0.1:0";

    [Theory]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGINT)]
    [InlineData(Signum.SIGQUIT)]
    public async Task A_signal_stops_the_host_which_answers_what_it_has(Signum signal)
    {
        await using var app = await HostedApp.StartAsync(Serve);
        var request = app.GetAsync("/wait/go");
        await app.HappensAsync("request go", generation: 1);
        app.Server.Signal(signal);
        await app.HappensAsync("stopping", generation: 1);
        app.Release("go");
        Assert.Equal("go", await request);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal(["request go", "stopping"], app.Events(generation: 1));
        Assert.DoesNotContain(app.Server.Output.Lines, line => line.Contains($"Received {signal}", StringComparison.Ordinal)); // by the core
    }

    [Fact]
    public async Task A_stop_takes_along_a_generation_that_is_not_ready()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Script(Serve, "starts-when @never");
        app.Server.Signal(Signum.SIGHUP);
        await app.HappensAsync("waiting", generation: 2);
        app.Server.Signal(Signum.SIGTERM);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Empty(app.Server.Pids);
    }

    [Fact]
    public async Task A_stop_of_a_generation_that_is_not_ready_stops_that_one_alone()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Script(Serve, "starts-when @never");
        app.Server.Signal(Signum.SIGHUP);
        var line = await app.HappensAsync("waiting", generation: 2);
        app.Server.Signal(Signum.SIGTERM, int.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("Restart failed: it was told to stop.", await app.Server.Output.WaitForAsync("Restart failed: "));
        await app.RecoversAsync([Serve]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_of_either_generation_on_probation_is_a_stop_of_both(bool first)
    {
        await using var app = await HostedApp.StartAsync([Serve], new() { ["Endless__Restart__Probation"] = "00:01:00" });
        await app.Server.RestartAsync();
        await app.Server.Output.WaitForAsync(" was ready after ");
        app.Server.Signal(Signum.SIGTERM, first ? app.FirstPid : app.Server.Pid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.Server.GoneAsync(app.Server.Pid);
        Assert.Equal(2, app.Server.Output.Lines.Count(line => line.StartsWith("returned, ", StringComparison.Ordinal)));
    }
}
