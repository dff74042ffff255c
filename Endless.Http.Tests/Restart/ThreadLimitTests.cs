using System.Net.Sockets;
using Endless.Http.Tests.Torture;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>The system has no thread to give (pids.max, RLIMIT_NPROC): what needs one fails with a line in the log, and the process serves on.</summary>
public class ThreadLimitTests
{
    private static readonly string[] Script = ["serve 127.0.0.1:0", "pid-file pid", "events"];

    /// <summary>With fewer than three .NET's own way of a signal to its handler ends the process, which no library can help.</summary>
    [TheoryWithThreadLimit]
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
