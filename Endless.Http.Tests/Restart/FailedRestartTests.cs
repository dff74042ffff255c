using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>Whatever goes wrong with the new generation: the old one says so and serves on, nothing is left behind, and the next SIGHUP works.</summary>
public class FailedRestartTests
{
    private const string Serve = "serve 127.0.0.1:0";

    /// <summary>Nothing but the first generation is there, it serves, and it can be restarted.</summary>
    private static async Task RecoversAsync(RestartApp app)
    {
        await Deadline.UntilAsync(() => app.Server.Pids is [var only] && only == app.Pid, "only the first generation is left");
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());
        app.ReplaceProgram();
        app.Script(Serve);
        var pid = await app.RestartAsync();
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.Server.StopAsync();
    }

    [Fact]
    public async Task The_program_cannot_be_executed()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.ReplaceProgram(app.Executable("broken", "half an upload"));
        Assert.EndsWith($"Restart failed: cannot execute {app["app"]}: Exec format error. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_child_exits_at_once()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.ReplaceProgram("/bin/false");
        Assert.Matches(@"Restart failed: the new process \(pid \d+\) exited with code 1 before it was ready\. ", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_child_exits_before_it_makes_a_server()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script("exit 42");
        Assert.Contains("exited with code 42 before it was ready", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_child_throws_in_BeforeBegin()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "begin-throws");
        Assert.EndsWith("Restart failed: BeforeBegin was told to throw. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_child_cannot_bind_a_new_address()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "serve unix:/no/such/directory/a.sock");
        Assert.Contains("Restart failed: Cannot listen on unix:/no/such/directory/a.sock: No such file or directory.", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("begin-hangs")]
    [InlineData("make :0")]
    public async Task The_child_is_not_ready_in_time(string instead)
    {
        await using var app = await RestartApp.StartAsync(Serve, "start-timeout 500");
        app.Script(instead == "hang" ? [instead] : [Serve, instead]);
        Assert.Matches(@"Restart failed: the new process \(pid \d+\) was not ready within 0.5 s and was killed(; it was waiting for :0, made and never started)?\. ", await app.FailingRestartAsync());
        await app.SaysAsync("start timeout over"); // it was also what a hook may take
        await RecoversAsync(app);
    }

    [Theory]
    [InlineData("this is nonsense, not a frame", "exec sleep 3600", @"does not speak the control protocol \(.+\) and was killed")]
    [InlineData(ForeignChild.Oversized, "exec sleep 3600", @"does not speak the control protocol \(.+\) and was killed")]
    [InlineData(@"\014\000", "exit 7", "exited with code 7 before it was ready")]
    [InlineData(@"\014\000", "exec sleep 3600 4>&-", "closed its control channel, and was killed")]
    public async Task The_child_is_no_program_of_this_library(string says, string then, string end)
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.ReplaceProgram(app.Executable("stranger", ForeignChild.Says(says, then)));
        Assert.Matches($@"Restart failed: the new process \(pid \d+\) {end}\. ", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task A_child_of_a_later_version_is_understood_as_far_as_it_can_be()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.ReplaceProgram(app.Executable("later", ForeignChild.Says(ForeignChild.Hello + ForeignChild.Unknown + ForeignChild.TooNew, "exit 1")));
        Assert.EndsWith("Restart failed: too new. This generation serves on; SIGHUP tries again.", await app.FailingRestartAsync());
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_child_is_killed_before_it_is_ready()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script(Serve, "begin-hangs");
        var pid = await app.Server.RestartAsync();
        var failure = app.Server.Output.WaitForAsync(" Restart failed: ");
        app.Server.Signal(Signum.SIGKILL, pid);
        Assert.Contains($"the new process (pid {pid}) was killed by SIGKILL before it was ready", await failure);
        app.Server.Follow(app.Pid);
        await RecoversAsync(app);
    }

    [Fact]
    public async Task The_parent_dies_before_the_child_is_ready_and_the_child_carries_on_alone()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        app.Script("wait-for " + app["go"], Serve);
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("waits for");
        var address = app.Server.Addresses[0];
        app.Server.Signal(Signum.SIGKILL, app.Pid);
        await app.Server.GoneAsync(app.Pid);
        using var queued = await app.ConnectAsync(address); // nobody accepts now, and nobody is refused
        app.Release("go");
        await app.SaysAsync("It serves on alone.");
        Assert.StartsWith("generation 2 ", await RestartApp.GetAsync(queued));
    }
}
