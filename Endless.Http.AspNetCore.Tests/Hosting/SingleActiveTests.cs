using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>A service that may run in one generation only, as real processes write it down.</summary>
public sealed class SingleActiveTests
{
    private static readonly string[] Serve = ["endless http://127.0.0.1:0", "single @single"];

    [Theory]
    [InlineData("endless")]
    [InlineData("kestrel")]
    public async Task It_runs_in_one_generation_at_a_time(string server)
    {
        await using var app = await HostedApp.StartAsync($"{server} http://127.0.0.1:0", "single @single");
        await app.RestartAsync();
        await app.RestartAsync();
        await Deadline.UntilAsync(() => app.Lines("single").Length == 5, "the third runs");
        await app.Server.StopAsync();
        Assert.Equal(["1 starts", "1 stops", "2 starts", "2 stops", "3 starts", "3 stops"], app.Lines("single"));
    }

    [Fact]
    public async Task It_starts_before_the_old_generation_has_answered_its_last_request()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        var request = app.GetAsync("/wait/go");
        await app.HappensAsync("request go", generation: 1);
        await app.Server.RestartAsync();
        await Deadline.UntilAsync(() => app.Lines("single") is [_, _, "2 starts"], "the second runs");
        Assert.Contains(app.FirstPid, app.Server.Pids);
        app.Release("go");
        Assert.Equal("go", await request);
        await app.Server.GoneAsync(app.FirstPid);
    }

    [Fact]
    public async Task It_starts_when_the_old_generation_is_killed()
    {
        await using var app = await HostedApp.StartAsync(Serve, new() { ["Endless__Restart__Probation"] = "00:01:00" });
        await app.Server.RestartAsync();
        await app.Server.Output.WaitForAsync(" was ready after ");
        Assert.Equal(["1 starts"], app.Lines("single"));
        app.Server.Signal(Signum.SIGKILL, app.FirstPid);
        await Deadline.UntilAsync(() => app.Lines("single").Length > 1, "the second runs");
        Assert.Equal(["1 starts", "2 starts"], app.Lines("single"));
        await app.Server.StopAsync();
        Assert.Equal(["1 starts", "2 starts", "2 stops"], app.Lines("single"));
    }

    [Fact]
    public async Task One_that_is_slow_to_stop_keeps_all_later_generations_waiting()
    {
        await using var app = await HostedApp.StartAsync([.. Serve, "stops-slowly @stop"]);
        app.Script(Serve);
        await app.Server.RestartAsync();
        await app.HappensAsync("superseded", generation: 1);
        await app.Server.RestartAsync();
        await app.HappensAsync("superseded", generation: 2);
        await app.HappensAsync("stopping", generation: 2);
        Assert.Equal(["1 starts"], app.Lines("single"));
        app.Release("stop");
        await Deadline.UntilAsync(() => app.Lines("single").Length == 3, "the third runs");
        Assert.Equal(["1 starts", "1 stops", "3 starts"], app.Lines("single"));
        await app.Server.GoneAsync(app.FirstPid);
    }
}
