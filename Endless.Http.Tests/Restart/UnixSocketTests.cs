using Endless.Http.Load;
using Endless.Http.Sockets;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>The path of a UNIX socket through restarts: it goes with the last one to serve it, and comes back when somebody else removed it.</summary>
public sealed class UnixSocketTests
{
    private const string ForEver = "probation 3600000";

    private readonly string _path = $"/tmp/endless-{Guid.NewGuid():N}.sock";

    private string Serve => $"serve unix:{_path}";

    [Fact]
    public async Task A_child_that_stops_on_probation_leaves_the_path_to_its_parent()
    {
        await using var app = await RestartApp.StartAsync(Serve, ForEver);
        app.Script(Serve, $"stop-at {app["stop"]}");
        var child = await app.Server.RestartAsync();
        await app.SaysAsync($"Generation 2 (pid {child}) was ready");
        Assert.Equal($"generation 2 pid {child}", await app.GetAsync());
        var failed = app.SaysAsync(" Restart failed: ");
        app.Release("stop");
        await failed;
        Assert.Equal($"generation 1 pid {app.Pid}", await app.GetAsync());
        app.Server.Follow(app.Pid);
        await app.Server.StopAsync();
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public async Task A_restart_binds_a_path_anew_that_somebody_has_removed()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        using var early = await app.ConnectAsync();
        File.Delete(_path);
        var second = await app.RestartAsync();
        await app.SaysAsync($"unix:{_path}: its path did not lead to the inherited socket any more; bound anew.");
        Assert.Equal($"generation 2 pid {second}", await app.GetAsync());
        Assert.Equal($"generation 2 pid {second}", await RestartApp.GetAsync(early));
        var third = await app.RestartAsync(); // which inherits that one
        Assert.Equal($"generation 3 pid {third}", await app.GetAsync());
        await app.Server.StopAsync();
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public async Task A_path_that_another_instance_has_bound_meanwhile_stays_with_that_one()
    {
        await using var app = await RestartApp.StartAsync(Serve);
        File.Delete(_path);
        using var other = ListenSocket.Bind(ListenAddress.Parse($"unix:{_path}"));
        await app.RestartAsync();
        await app.SaysAsync("cannot be bound anew: Cannot listen on unix:" + _path + ": another process listens there");
        await app.Server.StopAsync();
        Assert.True(other.File!.IsAtPath);
    }

    [Fact]
    public async Task A_relative_path_is_removed_whatever_the_working_directory_is_by_then()
    {
        using var directory = new TempDirectory();
        await using var server = ServerProcess.Start(ProgramFile.Of("Endless.Http.RestartApp"), [Script()], directory: directory.Path);
        await server.ListeningAsync();
        var old = server.Pid;
        await server.RestartAsync();
        await server.GoneAsync(old);
        Assert.True(File.Exists(directory["a.sock"]));
        await server.StopAsync();
        Assert.False(File.Exists(directory["a.sock"]));

        string Script()
        {
            File.WriteAllLines(directory["script"], ["serve unix:a.sock", "directory /"]);
            return directory["script"];
        }
    }
}
