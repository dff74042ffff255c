using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>
/// Something dies while 600 connections go over in batches of up to 253. Every one of them has one owner: the process that had taken it in and acknowledged it, or the
/// one that had not been told so. The batches are mostly full; a loop that the machine kept waiting may bring a connection late, so that only their bound is asserted.
/// </summary>
public class HandOverProcessTests
{
    private const int Count = 600;
    private const int Batch = 253;

    private static readonly string[] Serve = ["serve 127.0.0.1:0", "grace 3600000"];

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(Count)]
    public async Task The_child_is_killed_before_it_acknowledges_a_batch_and_the_parent_accepts_again(int adopted)
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var connections = await ConnectAsync(app);
        app.Script([.. Serve, $"at-adoption {adopted} die"]);
        var child = await app.Server.RestartAsync();
        await app.SaysAsync($"Restart failed: the new process (pid {child}) was killed by SIGKILL");

        var answers = await AskAsync(connections);
        var left = answers.Count(answer => answer == $"generation 1 pid {app.Pid}"); // and not for the last time
        Assert.InRange(Count - left, Math.Max(0, adopted - Batch), adopted - 1);
        Assert.Equal(Count - left, answers.Count(answer => answer == "closed"));
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());

        app.Script(Serve);
        app.Server.Follow(app.Pid);
        Assert.Equal($"generation 2 pid {await app.RestartAsync()}", await app.GetAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(254)]
    [InlineData(Count)]
    public async Task The_parent_is_killed_and_the_child_serves_what_it_has(int gone)
    {
        await using var app = await RestartApp.StartAsync([.. Serve, $"at-hand-over {gone} die"]);
        var connections = await ConnectAsync(app);
        app.Script(Serve);
        var child = await app.Server.RestartAsync();
        Assert.Equal(128 + (int)Signum.SIGKILL, await app.Server.ExitCodeAsync());
        await app.SaysAsync($"Generation 1 (pid {app.Pid}) has finished.");

        var answers = await AskAsync(connections);
        var taken = answers.Count(answer => answer == $"generation 2 pid {child}");
        Assert.InRange(taken, gone, Math.Min(Count, gone - 1 + Batch));
        Assert.Equal(Count - taken, answers.Count(answer => answer == "closed"));
        Assert.Equal($"generation 2 pid {child}", await app.GetAsync());
        Assert.Equal([child], app.Server.Pids);
    }

    [Fact]
    public async Task A_child_that_takes_no_batch_is_given_up_and_the_parent_serves_all()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var connections = await ConnectAsync(app);
        app.Script([.. Serve, $"at-adoption 1 wait {app["never"]}"]);
        var child = await app.Server.RestartAsync();
        await app.SaysAsync($"waits here, pid {child}");
        app.Server.Signal(Signum.SIGUSR2, app.Pid);
        await app.SaysAsync("SIGUSR2 noted: nothing is draining");
        await app.SaysAsync($"Restart failed: the new process (pid {child}) did not take the connections that it was given, and was killed");
        Assert.All(await AskAsync(connections), answer => Assert.Equal($"generation 1 pid {app.Pid}", answer));
    }

    [Fact]
    public async Task It_is_hammer_time_and_a_batch_under_way_is_the_childs()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var slow = await app.BeginAsync("slow"); // comes alone, once the idle ones have gone over and the child is in charge
        using var last = await app.ConnectAsync();
        var waits = RestartApp.GetAsync(last, $"/wait?{app["last"]}");
        await app.Server.Output.WaitForAsync(line => line.Contains("wait begins", StringComparison.Ordinal), 2);
        app.Script([.. Serve, $"at-adoption 1 wait {app["go"]}"]);
        var child = await app.Server.RestartAsync();
        await app.SaysAsync("stopped accepting; finishing 2 connection(s)");
        app.Release("last");
        Assert.Equal($"generation 1 pid {app.Pid}", await waits);
        await app.SaysAsync($"waits here, pid {child}");
        app.Server.Signal(Signum.SIGUSR2, app.Pid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        app.Release("go");
        Assert.Equal($"generation 2 pid {child}", await RestartApp.GetAsync(last));
        await Assert.ThrowsAnyAsync<Exception>(() => slow);
        Assert.Equal([child], app.Server.Pids);
    }

    [Fact]
    public async Task A_child_that_answers_nonsense_is_killed_and_the_parent_serves_all()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        var connections = await ConnectAsync(app);
        app.ReplaceProgram(app.Executable("stranger", ForeignChild.Says(ForeignChild.Hello + ForeignChild.Ready + "nonsense and more", "exec sleep 3600")));
        app.Server.Signal(Signum.SIGHUP);
        await app.SaysAsync("does not speak the control protocol (");
        Assert.All(await AskAsync(connections), answer => Assert.Equal($"generation 1 pid {app.Pid}", answer));
        Assert.Equal([app.Pid], app.Server.Pids);
    }

    /// <summary>A batch was looked at before a connection was added and not after: with these two it was more than the child reads, and every other connection hung to hammer time.</summary>
    [Fact]
    public async Task Two_strangers_with_huge_unfinished_heads_do_not_stop_a_restart()
    {
        await using var app = await RestartApp.StartAsync([.. Serve, "hammer 3600000"]);
        var connections = await ConnectAsync(app, 20);
        var start = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
        var head = System.Text.Encoding.ASCII.GetBytes(start + new string('a', 1_048_575 - start.Length));
        using var first = await ConnectAsync(app, head);
        using var second = await ConnectAsync(app, head);
        app.Script(Serve);
        var child = await app.Server.RestartAsync();
        await app.SaysAsync("handed over 22 open connection(s)");
        Assert.All(await AskAsync(connections), answer => Assert.Equal($"generation 2 pid {child}", answer));
    }

    private static async Task<System.Net.Sockets.Socket> ConnectAsync(RestartApp app, byte[] sent)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(ServerProcess.EndPointOf(app.Server.Addresses[0]));
        await socket.SendAsync(sent);
        return socket;
    }

    private static async Task<List<ClientConnection>> ConnectAsync(RestartApp app, int count = Count)
    {
        var connections = new List<ClientConnection>();
        for (var i = 0; i < count; i++)
        {
            connections.Add(await app.ConnectAsync());
            await RestartApp.GetAsync(connections[i]);
        }
        return connections;
    }

    /// <summary>Sends a request on each; who answered, and whether it was for the last time.</summary>
    private static async Task<List<string>> AskAsync(List<ClientConnection> connections)
    {
        var answers = new List<string>();
        foreach (var connection in connections)
        {
            using (connection)
            {
                try
                {
                    var response = await connection.RequestAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                    Assert.Equal(200, response.Status);
                    answers.Add(System.Text.Encoding.ASCII.GetString(response.Body.Span) + (response.Closes ? ", closes" : ""));
                }
                catch (LoadFailure failure) when (failure.Kind is FailureKind.ClosedUnannounced or FailureKind.Reset)
                {
                    answers.Add("closed");
                }
            }
        }
        return answers;
    }
}
