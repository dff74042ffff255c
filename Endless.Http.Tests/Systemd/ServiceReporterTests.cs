using Endless.Http.Generations;
using Endless.Http.Systemd;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Systemd;

/// <summary>What the service manager hears of a generation's life.</summary>
public sealed class ServiceReporterTests : IDisposable
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private readonly NotifySocket _manager = new();
    private readonly FakeHost _host = new();
    private readonly LogRecorder _log = new();
    private readonly List<Action> _leaves = [];

    public void Dispose()
    {
        _leaves.ForEach(leave => leave());
        _manager.Dispose();
    }

    private Generation Start()
    {
        _host.Variables["NOTIFY_SOCKET"] = _manager.Name;
        var generation = new Generation(_host, TimeSpan.FromMilliseconds(20));
        var activation = SocketActivation.Take(_host);
        generation.Sockets.Activated = activation;
        generation.Observe(ServiceReporter.Create(generation, activation));
        return generation;
    }

    private FakeServer Serve(Generation generation, string address)
    {
        var server = new FakeServer(_log) { Listener = TestListener.On(address) };
        generation.Join(server);
        generation.Starting();
        var socket = server.Listener.Socket;
        _leaves.Add(() =>
        {
            _ = generation.LeaveAsync(server, started: true);
            socket.Dispose();
        });
        return server;
    }

    [Fact]
    public void Ready_is_said_once_when_every_server_accepts()
    {
        var generation = Start();
        var a = Serve(generation, ":8080");
        var b = Serve(generation, ":8081");
        generation.Accepting(a);
        Assert.False(_manager.HasMessage);
        generation.Accepting(b);
        Assert.Equal(["READY=1", "STATUS=Generation 1 serves :8080, :8081"], _manager.Receive());
        Assert.Equal(["FDSTORE=1", "FDNAME=endless-%3A8080"], _manager.Receive());
        Assert.Equal(["FDSTORE=1", "FDNAME=endless-%3A8081"], _manager.Receive());
    }

    [Fact]
    public void Ready_is_not_said_before_the_program_is()
    {
        var generation = Start();
        generation.Hold();
        generation.Hold();
        generation.Accepting(Serve(generation, ":8080"));
        generation.Release();
        Assert.False(_manager.HasMessage);
        generation.Release();
        Assert.Equal("READY=1", _manager.Receive()[0]);
    }

    [Fact]
    public void A_listener_that_was_closed_meanwhile_is_not_stored()
    {
        var generation = Start();
        var a = Serve(generation, ":8080");
        var b = Serve(generation, ":8081");
        a.Listener!.Socket.Dispose();
        generation.Accepting(a);
        generation.Accepting(b);
        Assert.Equal(["READY=1", "STATUS=Generation 1 serves :8080, :8081"], _manager.Receive());
        Assert.Equal(["FDSTORE=1", "FDNAME=endless-%3A8081"], _manager.Receive());
    }

    [Fact]
    public async Task A_restart_is_a_reload_that_ends_with_the_new_main_process()
    {
        var generation = Start();
        generation.Accepting(Serve(generation, ":8080"));
        _manager.Receive();
        _manager.Receive();
        var restart = generation.RestartAsync();
        Assert.Equal("RELOADING=1", _manager.Receive()[0]);
        var child = _host.NextChild();
        child.SayReady();
        await restart.WaitAsync(Deadline);
        Assert.Equal([$"MAINPID={child.Id}", "READY=1", "WATCHDOG=1", "STATUS=Generation 2 serves"], _manager.Receive());
        Assert.Equal(_manager.Name, _host.PassedOn["NOTIFY_SOCKET"]);
        Assert.Empty(_host.Variables);
    }

    [Fact]
    public async Task A_restart_that_fails_ends_the_reload_and_is_in_the_status()
    {
        var generation = Start();
        generation.Accepting(Serve(generation, ":8080"));
        _manager.Receive();
        _manager.Receive();
        _host.SpawnFailure = "cannot execute /srv/app: Permission denied";
        await generation.RestartAsync().WaitAsync(Deadline);
        Assert.Equal("RELOADING=1", _manager.Receive()[0]);
        Assert.Equal(["READY=1", "STATUS=Generation 1 serves :8080; the last restart failed: cannot execute /srv/app: Permission denied"], _manager.Receive());
    }

    [Fact]
    public void A_reload_asked_for_during_a_restart_is_heard()
    {
        var generation = Start();
        generation.Accepting(Serve(generation, ":8080"));
        _manager.Receive();
        _manager.Receive();
        _ = generation.RestartAsync();
        Assert.Equal("RELOADING=1", _manager.Receive()[0]);
        _ = generation.RestartAsync();
        Assert.Equal("RELOADING=1", _manager.Receive()[0]);
        _host.NextChild().Kill();
    }

    [Fact]
    public void A_stop_says_so_and_asks_for_time_at_once()
    {
        var generation = Start();
        var a = Serve(generation, ":8080");
        var b = Serve(generation, ":8081");
        generation.Accepting(a);
        generation.Accepting(b);
        for (var i = 0; i < 3; i++) _manager.Receive();
        a.IsStopping = true;
        generation.Stopping();
        Assert.False(_manager.HasMessage);
        b.IsStopping = true;
        generation.Stopping();
        Assert.Equal(["STOPPING=1", "STATUS=Stopping; 0 connection(s) left"], _manager.Receive());
        Assert.Equal(["EXTEND_TIMEOUT_USEC=15000000", "STATUS=Stopping; 0 connection(s) left"], _manager.Receive());
    }

    [Fact]
    public void A_stop_says_what_it_waits_for()
    {
        var generation = Start();
        var server = Serve(generation, ":8080");
        generation.Accepting(server);
        for (var i = 0; i < 2; i++) _manager.Receive();
        server.IsStopping = true;
        server.Awaited = "waiting for GET /events, 58 s, and 2 more";
        generation.Stopping();
        Assert.Equal(["STOPPING=1", "STATUS=Stopping; 0 connection(s) left; fake: waiting for GET /events, 58 s, and 2 more"], _manager.Receive());
    }

    [Fact]
    public async Task Wrong_variables_cost_a_line_each_and_no_service()
    {
        _host.Variables["WATCHDOG_USEC"] = "often";
        _host.Variables["LISTEN_FDS"] = "many";
        var generation = Start();
        generation.Accepting(Serve(generation, ":8080"));
        await _log.WaitForAsync("From the service manager: WATCHDOG_USEC is \"often\"");
        await _log.WaitForAsync("From the service manager: LISTEN_FDS is \"many\"");
        Assert.Equal("READY=1", _manager.Receive()[0]);
    }
}
