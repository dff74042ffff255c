using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>The new generation is ready, and something dies. Nobody who was connected notices.</summary>
public class ProbationTests
{
    private const string Serve = "serve 127.0.0.1:0";
    private const string ForEver = "probation 3600000";

    [Fact]
    public async Task The_child_dies_and_the_parent_accepts_again()
    {
        await using var app = await RestartApp.StartAsync(Serve, "probation 5000");
        using var idle = await app.ConnectAsync();
        await RestartApp.GetAsync(idle);
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {pid}) was ready");
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        Assert.Equal($"generation 1 pid {app.Pid}", await RestartApp.GetAsync(idle)); // served on meanwhile

        var failure = app.Server.Output.WaitForAsync(" Restart failed: ");
        app.Server.Signal(Signum.SIGKILL, pid);
        Assert.Matches($@"Restart failed: the new process \(pid {pid}\) was killed by SIGKILL .* s after it was ready\. This generation serves on", await failure);
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());
        Assert.Equal($"generation 1 pid {app.Pid}", await RestartApp.GetAsync(idle));

        app.Script(Serve);
        app.Server.Follow(app.Pid);
        var next = await app.Server.RestartAsync();
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal($"generation 2 pid {next}", await RestartApp.GetAsync(idle));
    }

    /// <summary>Whoever signals either of them means the service: a stop of the child alone was a failed restart, after which the parent served on for ever.</summary>
    [Theory]
    [InlineData(false, "Generation 2 (pid {0}) was told to stop, and so this one stops too: the service ends.")]
    [InlineData(true, "The process before this one was told to stop, and so this one stops too: the service ends.")]
    public async Task A_stop_of_either_generation_is_a_stop_of_both(bool ofParent, string said)
    {
        await using var app = await RestartApp.StartAsync(Serve, ForEver);
        var byParent = await app.BeginAsync("parent");
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {pid}) was ready");
        var byChild = await app.BeginAsync("child");
        app.Server.Signal(Signum.SIGTERM, ofParent ? app.Pid : pid);
        await app.SaysAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, said, pid));
        app.Release("parent");
        app.Release("child");
        Assert.Equal($"generation 1 pid {app.Pid}", await byParent);
        Assert.Equal($"generation 2 pid {pid}", await byChild);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.Server.GoneAsync(pid);
        Assert.Empty(app.Server.Pids);
    }

    [Fact]
    public async Task The_parent_dies_and_the_child_carries_on_alone()
    {
        await using var app = await RestartApp.StartAsync(Serve, ForEver);
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {pid}) was ready");
        app.Server.Signal(Signum.SIGKILL, app.Pid);
        await app.Server.GoneAsync(app.Pid);
        Assert.Equal($"generation 2 pid {pid}", await app.GetAsync());
        Assert.Equal(pid, Assert.Single(app.Server.Pids));
    }

    [Fact]
    public async Task SIGHUPs_meanwhile_are_noted()
    {
        await using var app = await RestartApp.StartAsync(Serve, ForEver);
        var pid = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {pid}) was ready");
        for (var i = 0; i < 10; i++)
        {
            app.Server.Signal(Signum.SIGHUP, app.Pid);
            await app.Server.Output.WaitForAsync(line => line.Contains($"SIGHUP noted: generation 2 (pid {pid}) is taking over; it is the one to restart, as soon as it has."), i + 1);
        }
        Assert.Equal(2, app.Server.Pids.Count);
    }

    [FactWithTools("prlimit")]
    public async Task What_a_child_at_its_limit_of_open_files_cannot_take_stays_with_the_parent()
    {
        await using var app = await RestartApp.StartAsync(Serve, "grace 60000");
        var (connections, pid) = await RestartWithoutRoomAsync(app);
        await app.SaysAsync("stopped accepting; finishing ");
        var byChild = 0;
        foreach (var connection in connections)
        {
            // Until its turn in the hand-over comes, the parent serves it as ever.
            var (moved, stays) = (false, false);
            while (!moved && !stays)
            {
                var response = await connection.RequestAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
                Assert.Equal(200, response.Status);
                moved = System.Text.Encoding.ASCII.GetString(response.Body.Span) == $"generation 2 pid {pid}";
                stays = response.Closes;
            }
            if (moved) byChild++;
            connection.Dispose();
        }
        Assert.InRange(byChild, 1, 159);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
    }

    /// <summary>They are offered again while they wait with the parent, whose drain is over when it has none left.</summary>
    [FactWithTools("prlimit")]
    public async Task What_a_child_could_not_take_is_its_own_when_it_can()
    {
        await using var app = await RestartApp.StartAsync(Serve, "grace 3600000");
        var (connections, pid) = await RestartWithoutRoomAsync(app);
        await app.SaysAsync("were not taken, and stay there");
        await app.SaysAsync("stopped accepting; finishing ");
        await Tool.RunAsync("prlimit", "--pid", $"{pid}", "--nofile=1024:");
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        foreach (var connection in connections)
        {
            Assert.Equal($"generation 2 pid {pid}", await RestartApp.GetAsync(connection));
            connection.Dispose();
        }
    }

    /// <summary>160 connections, and a next generation with descriptors for 120.</summary>
    private static async Task<(List<ClientConnection> Connections, int Pid)> RestartWithoutRoomAsync(RestartApp app)
    {
        var connections = new List<ClientConnection>();
        for (var i = 0; i < 160; i++)
        {
            connections.Add(await app.ConnectAsync());
            await RestartApp.GetAsync(connections[i]);
        }
        app.Script(Serve, "descriptors 120");
        return (connections, await app.Server.RestartAsync());
    }
}
