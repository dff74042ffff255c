using Endless.Http.Control;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>A restart that answers: <see cref="RestartClient"/>, and the command of the examples around it.</summary>
public class RestartClientTests
{
    private const string Serve = "serve 127.0.0.1:0";

    /// <summary>In the directory that the program is started in, where the test finds it by the same name.</summary>
    private static readonly string[] Script = [Serve, "pid-file pid"];

    [Fact]
    public async Task A_restart_says_who_serves_now()
    {
        await using var app = await StartAsync([.. Script, "hooks"]);
        app.Script(Script);
        var result = await AskAsync(app);
        Assert.Equal((true, null, true, 2), (result.Succeeded, result.Reason, result.Began, result.Generation));
        Assert.Equal($"generation 2 pid {result.ProcessId}", await app.GetAsync());
        await app.SaysAsync($"PreSignal SIGHUP, pid {app.Pid}");
        Assert.Equal(0, await app.Server.ExitCodeAsync()); // with its answer given
        var (code, output) = await ControlAsync(app);
        Assert.Equal(0, code);
        Assert.Matches(@"^generation 3 serves, pid \d+\n$", output);
        await app.Server.GoneAsync(result.ProcessId);
        app.Server.Follow(app.Server.Pids.Single());
        await app.Server.StopAsync();
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(app["pid"])!, "pid*"));
    }

    [Fact]
    public async Task A_restart_that_fails_says_why()
    {
        await using var app = await StartAsync(Script);
        app.Script([.. Script, "refuse the schema is too old"]);
        var result = await AskAsync(app);
        Assert.Equal((false, "the schema is too old", true), (result.Succeeded, result.Reason, result.Began));
        Assert.Equal((1, "not restarted: the schema is too old\n"), await ControlAsync(app));
        app.Script(Script);
        Assert.True((await AskAsync(app)).Succeeded);
    }

    [Fact]
    public async Task A_child_that_dies_on_probation_is_a_restart_that_failed_and_the_next_works()
    {
        await using var app = await StartAsync([.. Script, "probation 5000"]);
        var asked = AskAsync(app);
        await app.SaysAsync(" was ready after ");
        var child = app.Server.Pids.Single(pid => pid != app.Pid);
        app.Server.Signal(Signum.SIGKILL, child);
        Assert.StartsWith($"the new process (pid {child}) was killed by SIGKILL", (await asked).Reason);
        app.Script(Script);
        var again = AskAsync(app); // at the socket that the first generation has put back
        Assert.True((await again).Succeeded);
    }

    [Fact]
    public async Task Who_asks_during_a_restart_is_answered_by_a_later_one_that_all_share()
    {
        await using var app = await StartAsync(Script);
        app.Script(["wait-for " + app["go"], .. Script]);
        var first = AskAsync(app);
        await app.SaysAsync("waits for");
        var others = Enumerable.Range(0, 5).Select(_ => AskAsync(app)).ToArray();
        await app.Server.Output.WaitForAsync(line => line.Contains("SIGHUP noted: a restart is already under way"), 5);
        app.Script(["wait-for " + app["all"], .. Script]);
        app.Release("go");
        Assert.Equal(2, (await first).Generation);
        // One of the five has begun the next, which the other four join: who asks the third generation would have a fourth.
        await app.Server.Output.WaitForAsync(line => line.Contains("SIGHUP noted: a restart is already under way"), 9);
        app.Release("all");
        Assert.All(await Task.WhenAll(others), result => Assert.Equal((true, 3), (result.Succeeded, result.Generation)));
        Assert.StartsWith("generation 3 ", await app.GetAsync());
    }

    [Fact]
    public async Task Who_asks_during_a_restart_that_fails_has_another_made()
    {
        await using var app = await StartAsync(Script);
        app.Script("wait-for " + app["go"], "exit 3");
        var first = AskAsync(app);
        await app.SaysAsync("waits for");
        var second = AskAsync(app);
        await app.SaysAsync("SIGHUP noted: a restart is already under way");
        app.Script(Script);
        app.Release("go");
        Assert.False((await first).Succeeded);
        Assert.Equal((true, 2), ((await second).Succeeded, (await second).Generation));
    }

    [Fact]
    public async Task It_does_not_wait_for_longer_than_told()
    {
        await using var app = await StartAsync(Script);
        app.Script("hang");
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => RestartClient.RestartAsync(app["pid"], TimeSpan.FromMilliseconds(200)));
        Assert.Equal($"Process {app.Pid} has not said within 0.2 s what came of the restart, which may still be under way.", exception.Message);
        Assert.Equal((4, $"Process {app.Pid} has not said within 0 s what came of the restart, which may still be under way.\n"), await ControlAsync(app, "--timeout", "0"));
    }

    [Fact]
    public async Task Nobody_can_be_asked_where_nobody_is()
    {
        await using var app = await StartAsync(Script);
        app.Script("hang");
        var asked = AskAsync(app);
        await app.SaysAsync("hangs, pid");
        app.Server.Signal(Signum.SIGKILL, app.Pid);
        Assert.Equal($"The pid file {app["pid"]} was left over by process {app.Pid}, which is gone.", (await Assert.ThrowsAsync<IOException>(() => asked)).Message);
        Assert.Equal((3, $"The pid file {app["pid"]} was left over by process {app.Pid}, which is gone.\n"), await ControlAsync(app));
        Assert.Equal($"There is no pid file {app["none"]}: no server runs with it.", (await Assert.ThrowsAsync<IOException>(() => RestartClient.RestartAsync(app["none"], Deadline.Default))).Message);
    }

    [Fact]
    public async Task The_socket_is_its_users_alone_and_speaks_to_nobody_who_talks_nonsense()
    {
        await using var app = await StartAsync(Script);
        var path = RestartSocket.PathFor(app["pid"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        foreach (var request in (string[])["nonsense\n", "restart soon\n", new string('x', 1000)])
        {
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(request));
            var answer = new byte[100];
            var count = await socket.ReceiveAsync(answer).WaitAsync(Deadline.Default);
            Assert.Equal("failed this is not a request that is known here\n", System.Text.Encoding.ASCII.GetString(answer, 0, count));
        }
        Assert.Equal(app.Pid, Assert.Single(app.Server.Pids));
    }

    /// <summary>Starts the first generation and waits until it can be asked.</summary>
    private static async Task<RestartApp> StartAsync(string[] script)
    {
        var app = await RestartApp.StartAsync(script);
        await Deadline.UntilAsync(() => File.Exists(RestartSocket.PathFor(app["pid"])), "the socket is there");
        return app;
    }

    private static Task<RestartResult> AskAsync(RestartApp app) => RestartClient.RestartAsync(app["pid"], Deadline.Default);

    private static Task<(int Code, string Output)> ControlAsync(RestartApp app, params string[] options) =>
        Tool.TryRunAsync(ExampleProcess.Program, ["ctl", "restart", "--pidfile", app["pid"], .. options]);

    [Fact]
    public async Task A_process_whose_queue_of_questions_is_full_is_not_waited_for_beyond_the_timeout()
    {
        using var directory = new TempDirectory();
        using var held = new PidFile(directory["pid"], Environment.ProcessId, follows: false, () => NullLogger.Instance);
        held.Acquire();
        using var queue = new FullQueue($"{directory["pid"]}.sock");
        var asked = RestartClient.RestartAsync(directory["pid"], TimeSpan.FromMilliseconds(100));
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => asked.WaitAsync(Deadline.Default));
        Assert.Equal($"Process {Environment.ProcessId} has not taken the question within 0.1 s.", exception.Message);
    }

    [Fact]
    public async Task A_FIFO_in_the_place_of_the_pid_file_is_no_server()
    {
        using var directory = new TempDirectory();
        Assert.Equal(0, Syscall.mkfifo(directory["pid"], (FilePermissions)0x180));
        var exception = await Assert.ThrowsAsync<IOException>(() => RestartClient.RestartAsync(directory["pid"], TimeSpan.Zero).WaitAsync(Deadline.Default));
        Assert.Equal($"{directory["pid"]} is no pid file: there is something else in its place.", exception.Message);
    }
}
