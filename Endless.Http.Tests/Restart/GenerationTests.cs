using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Sockets;
using Endless.Http.Spawning;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Restart;

public sealed class GenerationTests : IDisposable
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private readonly FakeHost _host = new();
    private readonly LogRecorder _log = new();

    private readonly List<Action> _leaves = [];

    public void Dispose() => _leaves.ForEach(leave => leave());

    private Generation First() => new(_host, TimeSpan.FromMilliseconds(20));

    private static int? Claim(Generation generation, string address) => generation.Sockets.Claim(new(address), ListenAddress.Parse(address), out _);

    private FakeServer Serve(Generation generation, string address)
    {
        var server = new FakeServer(_log) { Listener = TestListener.On(address) };
        generation.Join(server);
        generation.Starting();
        if (!generation.Continues) generation.Accepting(server);
        var socket = server.Listener.Socket;
        _leaves.Add(() =>
        {
            _ = generation.LeaveAsync(server, started: true); // gives the signals back
            socket.Dispose();
        });
        return server;
    }

    [Fact]
    public async Task Several_servers_restart_together_with_one_child()
    {
        var generation = First();
        var a = Serve(generation, ":8080");
        var b = Serve(generation, "unix:/run/b.sock");
        var restart = generation.RestartAsync();
        _host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Deadline)).Succeeded);
        Assert.Equal([a.Listener!, b.Listener!], Assert.Single(_host.Handed));
        await a.ToldAsync("drain");
        await b.ToldAsync("drain");
    }

    [Fact]
    public async Task The_longest_start_timeout_counts()
    {
        var generation = First();
        Serve(generation, ":8080").StartTimeout = TimeSpan.FromMilliseconds(30);
        Serve(generation, ":8081").StartTimeout = TimeSpan.FromMilliseconds(60);
        var result = await generation.RestartAsync().WaitAsync(Deadline);
        Assert.Contains("was not ready within 0.06 s", result.Reason);
    }

    [Fact]
    public async Task Without_a_serving_server_there_is_nothing_to_restart()
    {
        var generation = First();
        Assert.Equal(RestartResult.Refused("no server of this process is serving"), await generation.RestartAsync());
        Assert.True(_host.NothingSpawned);
    }

    [Fact]
    public async Task The_last_server_to_leave_takes_a_child_that_is_not_ready_with_it()
    {
        var generation = First();
        var server = Serve(generation, ":8080");
        var restart = generation.RestartAsync();
        var child = _host.NextChild();
        await generation.LeaveAsync(server, started: true).WaitAsync(Deadline);
        Assert.True(child.Killed);
        Assert.NotNull((await restart).Reason);
    }

    [Fact]
    public async Task A_new_generation_is_told_its_number_and_says_ready_when_its_servers_accept()
    {
        var (generation, parent) = Continued(":8080,:8081");
        Assert.Equal((3, 2, 1), (generation.Info.Number, generation.Info.Restarts, generation.Info.Failures));
        Assert.Equal(new HelloMessage(ControlCodec.Version, _host.ProcessId), parent.Receive());

        var a = Serve(generation, ":8080");
        var b = Serve(generation, ":8081");
        await _log.WaitForAsync("Generation 3 of this server, started by pid 999.");
        Assert.Equal(3, Claim(generation, ":8080"));
        var first = generation.ArriveAsync(a);
        Assert.False(first.IsCompleted);
        Assert.Equal(new WaitingMessage("fake, made and never started"), parent.Receive());
        Assert.Equal(4, Claim(generation, ":8081"));
        await Task.WhenAll(first, generation.ArriveAsync(b)).WaitAsync(Deadline);
        generation.Accepting(a);
        Assert.False(parent.WaitToReceive(0));
        generation.Accepting(b);
        Assert.Equal(new ReadyMessage(), parent.Receive());

        parent.Dispose();
        await _log.WaitForAsync("Generation 2 (pid 999) has finished.");
    }

    [Fact]
    public async Task A_dropped_address_is_closed_and_logged()
    {
        var (generation, _) = Continued(":8080,:8081");
        var a = Serve(generation, ":8080");
        Claim(generation, ":8080");
        await generation.ArriveAsync(a).WaitAsync(Deadline);
        Assert.Equal([4], _host.Closed);
        Assert.Contains(_log.Entries, entry => entry.Message == ":8081 is no longer served: no server of this generation asked for it.");
    }

    [Fact]
    public void A_start_that_fails_is_told_to_the_generation_before()
    {
        var (generation, parent) = Continued(":8080");
        parent.Receive();
        var server = Serve(generation, ":9090");
        generation.StartFailed(new IOException("Cannot listen on :9090: Address already in use."));
        Assert.Equal(new FailedMessage("Cannot listen on :9090: Address already in use."), parent.Receive());
        Assert.False(generation.ArriveAsync(server).IsCompleted);
    }

    [Fact]
    public async Task A_generation_whose_predecessor_died_serves_on_alone()
    {
        var (generation, parent) = Continued(":8080");
        parent.Dispose();
        var server = Serve(generation, ":8080");
        Claim(generation, ":8080");
        await generation.ArriveAsync(server).WaitAsync(Deadline);
        generation.Accepting(server);
        await _log.WaitForAsync("The process before this one is gone");
    }

    [Fact]
    public async Task A_predecessor_that_speaks_nonsense_costs_a_line()
    {
        var (generation, _) = Continued(":8080", parent => parent.SendRaw("GET / HTTP/1.1\r\n"u8));
        Assert.Equal(2, generation.Info.Number);
        var server = Serve(generation, ":8080");
        await _log.WaitForAsync("Inherited from the process before this one: it does not speak the control protocol");
        Claim(generation, ":8080");
        await generation.ArriveAsync(server).WaitAsync(Deadline);
    }

    /// <summary>A generation that was started by pid 999, generation 2, and that generation's end of the channel.</summary>
    private (Generation Generation, ControlChannel Parent) Continued(string order, Action<ControlChannel>? speak = null)
    {
        var (own, childs) = ControlChannel.CreatePair();
        var parent = new ControlChannel(own);
        if (speak != null)
            speak(parent);
        else
        {
            parent.Send(new HelloMessage(ControlCodec.Version, 999));
            parent.Send(new GenerationInfoMessage(new(3, 2, 1, default)));
        }
        var descriptor = (int)childs.DangerousGetHandle();
        childs.SetHandleAsInvalid(); // the generation's from here on
        _host.Variables[RestartVariables.Continue] = "1";
        _host.Variables[RestartVariables.SocketOrder] = order;
        _host.Variables[RestartVariables.ControlDescriptor] = $"{descriptor}";
        _host.Sockets.Add(descriptor);
        for (var i = 0; i < order.Split(',').Length; i++) _host.Listening.Add(3 + i);
        return (new Generation(_host, TimeSpan.FromMilliseconds(20)), parent);
    }
}
