using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Kestrel restarts without refusing a connection.</summary>
public sealed class KestrelRestartTests
{
    private const string Serve = "kestrel http://127.0.0.1:0";

    [Fact]
    public async Task No_connection_is_refused_over_restarts()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        using var end = new CancellationTokenSource();
        var answered = 0;
        var clients = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            // Each answer or failure counts: GetAsync throws upon anything but a whole one.
            while (!end.IsCancellationRequested)
            {
                Assert.StartsWith("generation ", await app.GetAsync());
                Interlocked.Increment(ref answered);
            }
        })).ToArray();
        for (var i = 0; i < 3; i++) await app.RestartAsync();
        var before = Volatile.Read(ref answered);
        await Deadline.UntilAsync(() => Volatile.Read(ref answered) > before + 10 || Array.Exists(clients, client => client.IsFaulted), "clients go on");
        await end.CancelAsync();
        await Task.WhenAll(clients);
        Assert.StartsWith("generation 4 ", await app.GetAsync());
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        await app.Server.StopAsync();
    }

    [Fact]
    public async Task The_old_generation_ends_in_order_and_finishes_its_request()
    {
        await using var app = await HostedApp.StartAsync(Serve, "single @single");
        var request = app.GetAsync("/wait/go");
        await app.HappensAsync("request go", generation: 1);
        await app.Server.RestartAsync();
        await app.HappensAsync("stopping", generation: 1);
        Assert.Equal(["request go", "superseded", "single-active stopped", "stopping"], app.Events(generation: 1));
        app.Release("go");
        Assert.Equal("go", await request);
        await app.Server.GoneAsync(app.FirstPid);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.StartsWith("generation 2 ", await app.GetAsync());
    }

    [Fact]
    public async Task It_accepts_again_when_the_new_generation_dies_on_probation()
    {
        await using var app = await HostedApp.StartAsync([Serve], new() { ["Endless__Restart__Probation"] = "00:00:02" });
        app.Script(Serve, "dies-when @die");
        app.Server.Signal(Signum.SIGHUP);
        await app.Server.Output.WaitForAsync(" was ready after ");
        app.Release("die");
        Assert.Contains("after it was ready", await app.Server.Output.WaitForAsync("Restart failed: "));
        await app.RecoversAsync([Serve]);
    }

    [Theory]
    [InlineData(Signum.SIGTERM)]
    [InlineData(Signum.SIGINT)]
    public async Task A_signal_stops_the_host(Signum signal)
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Server.Signal(signal);
        Assert.Equal(0, await app.Server.ExitCodeAsync());
        Assert.Equal(["stopping"], app.Events(generation: 1));
    }

    [Fact]
    public async Task An_application_moves_to_Endless_and_back_by_restarts()
    {
        await using var app = await HostedApp.StartAsync(Serve);
        app.Script("endless http://127.0.0.1:0");
        await app.RestartAsync();
        Assert.StartsWith("generation 2 ", await app.GetAsync());
        using var connection = await app.ConnectAsync();
        Assert.StartsWith("generation 2 ", await HostedApp.GetAsync(connection));
        app.Script(Serve);
        await app.Server.RestartAsync();
        await app.Server.GoneAsync(app.Server.Pids[0]);
        Assert.StartsWith("generation 3 ", await app.GetAsync());
    }

    [Fact]
    public async Task Its_status_and_its_pid_file_are_there_as_the_options_ask()
    {
        await using var app = await HostedApp.StartAsync([Serve], new() { ["Endless__Admin"] = "unix:admin.sock", ["Endless__Restart__PidFile"] = "app.pid" });
        Assert.Contains("\nendless_connections", await AdminAsync(app, "/metrics"));
        var pid = await app.RestartAsync();
        Assert.Equal($"{pid}\n", File.ReadAllText(app["app.pid"]));
        await AdminAsync(app, "/readyz");
        await app.Server.StopAsync();
    }

    private static async Task<string> AdminAsync(HostedApp app, string path)
    {
        using var connection = await ClientConnection.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(app["admin.sock"]), Deadline.Default);
        return await HostedApp.GetAsync(connection, path, close: true);
    }
}
