using System.Net.Sockets;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Torture;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>The system has no thread to give (pids.max, RLIMIT_NPROC): what needs one fails with a line in the log, and the process serves on.</summary>
public class ThreadLimitTests
{
    private static readonly string[] Script = ["serve 127.0.0.1:0", "pid-file pid", "events"];

    [TheoryWithThreadLimit]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task A_restart_that_lacks_a_thread_fails_with_its_reason_and_the_next_succeeds(int spare)
    {
        await using var limit = new ThreadLimit();
        await using var app = await StartAsync(limit);
        limit.Leave(spare);
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync(" Restart failed: ");
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());
        limit.Lift();
        Assert.Equal($"generation 2 pid {await app.RestartAsync()}", await app.GetAsync());
    }

    /// <summary>.NET starts a thread for SIGTERM, and ends the process where it gets none: the only thing that it needs.</summary>
    [TheoryWithThreadLimit]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_stop_needs_one_thread(int spare)
    {
        await using var limit = new ThreadLimit();
        await using var app = await StartAsync(limit);
        limit.Leave(spare);
        app.Server.Signal(Signum.SIGTERM);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    /// <summary>A new thread has a pipe for a moment: without descriptors there is none to be had either.</summary>
    [FactWithTools("prlimit")]
    public async Task A_restart_that_lacks_descriptors_fails_with_its_reason_and_the_next_succeeds()
    {
        for (var spare = 0; spare < 5; spare++)
        {
            await using var app = await RestartApp.StartAsync(Script);
            for (var i = 0; i < 20; i++) await app.GetAsync();
            using var kept = await app.ConnectAsync();
            await RestartApp.GetAsync(kept);
            await Tool.RunAsync("prlimit", "--pid", $"{app.Pid}", $"--nofile={LimitWith(spare, app.Pid)}:");
            app.Server.Signal(Signum.SIGHUP);
            await app.SaysAsync(" Restart failed: ");
            Assert.Equal($"generation 1 pid {app.Pid}", await RestartApp.GetAsync(kept));
            await Tool.RunAsync("prlimit", "--pid", $"{app.Pid}", "--nofile=1024:");
            Assert.Equal($"generation 2 pid {await app.RestartAsync()}", await app.GetAsync());
        }
    }

    /// <summary>Those that the pool would start under load, when the system may have none left: they are there from the first server on.</summary>
    [Fact]
    public async Task The_pool_has_two_threads_for_each_processor_before_there_is_work()
    {
        await using var app = await RestartApp.StartAsync(Script);
        await Endless.Http.Load.Deadline.UntilAsync(() => ProcessStatus.PoolThreads(app.Pid) >= 2 * Environment.ProcessorCount, "the pool has its threads");
    }

    /// <summary>The limit of open files, which bounds their numbers, that leaves a process so many.</summary>
    private static int LimitWith(int spare, int pid)
    {
        var used = Directory.GetFiles($"/proc/{pid}/fd").Select(file => int.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture)).ToHashSet();
        var limit = 0;
        for (var free = 0; free < spare || used.Contains(limit); limit++)
            if (!used.Contains(limit)) free++;
        return limit;
    }

    [FactWithThreadLimit]
    public async Task Who_asks_at_the_socket_while_there_is_no_thread_is_turned_away_and_harms_nobody()
    {
        await using var limit = new ThreadLimit();
        await using var app = await StartAsync(limit);
        limit.Leave(0);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(app["pid.sock"]));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Endless.Http.Load.Deadline.Default));
        await app.SaysAsync("the system has no thread for who asks there");
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());
        limit.Lift();
        Assert.Equal($"generation 2 pid {await app.RestartAsync()}", await app.GetAsync());
    }

    /// <summary>A server that has the threads which its requests take.</summary>
    private static async Task<RestartApp> StartAsync(ThreadLimit limit)
    {
        var app = await RestartApp.StartAsync(Script);
        limit.Add(app.Pid);
        for (var i = 0; i < 20; i++) await app.GetAsync();
        return app;
    }
}
