using System.Collections.Concurrent;
using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Sockets;
using Endless.Http.Spawning;
using Endless.Http.Tests.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Restart;

/// <summary>A generation with its thread and one server, without processes: its children and the generation before it are whoever holds the other ends of the channels.</summary>
internal sealed class RestartFixture : IGenerationObserver, IDisposable
{
    public static readonly TimeSpan Long = Endless.Http.Load.Deadline.Default;

    private const string Address = ":8080";

    private readonly ConcurrentQueue<string> _steps = [];
    private readonly List<FakeChild> _children = [];
    private Task? _left;

    private RestartFixture(FakeHost host, ControlChannel? before = null, ILogger? logger = null, IGenerationObserver? observer = null)
    {
        (Host, Before) = (host, before);
        Host.Spawning = child =>
        {
            lock (_children) _children.Add(child);
            Spawning?.Invoke(child);
        };
        Generation = new Generation(Host, TimeSpan.Zero);
        Generation.Observe(observer);
        Generation.Observe(this);
        Server = new FakeServer(logger ?? Log) { Listener = TestListener.On(Address) };
        Generation.Join(Server);
        Generation.Starting();
    }

    public FakeHost Host { get; }

    public LogRecorder Log { get; } = new();

    public Generation Generation { get; }

    public FakeServer Server { get; }

    /// <summary>The channel's end of the generation before; null if there is none.</summary>
    public ControlChannel? Before { get; }

    /// <inheritdoc cref="FakeHost.Spawning"/>
    public Action<FakeChild>? Spawning { get; set; }

    /// <summary>The steps of restarts that observers were told of.</summary>
    public IEnumerable<string> Steps => _steps;

    /// <summary>Generation 1, which serves.</summary>
    public static RestartFixture First(ILogger? logger = null, IGenerationObserver? observer = null)
    {
        var fixture = new RestartFixture(new FakeHost(), logger: logger, observer: observer);
        fixture.Generation.Accepting(fixture.Server);
        return fixture;
    }

    /// <summary>Generation 3, started by pid 999, before it is ready.</summary>
    /// <param name="version">Of the protocol, that the generation before speaks.</param>
    /// <param name="before">What that one says before it says which generation this is; null for nothing.</param>
    public static RestartFixture Continued(int version = ControlCodec.Version, ControlMessage? before = null)
    {
        var (own, childs) = ControlChannel.CreatePair();
        var channel = new ControlChannel(own);
        channel.Send(new HelloMessage(version, 999));
        if (before is not null) channel.Send(before);
        channel.Send(new GenerationInfoMessage(new(3, 2, 1, default)));
        var descriptor = (int)childs.DangerousGetHandle();
        childs.SetHandleAsInvalid(); // the generation's from here on
        var host = new FakeHost();
        host.Variables[RestartVariables.Continue] = "1";
        host.Variables[RestartVariables.SocketOrder] = Address;
        host.Variables[RestartVariables.ControlDescriptor] = $"{descriptor}";
        host.Sockets.Add(descriptor);
        host.Listening.Add(3);
        return new RestartFixture(host, channel);
    }

    /// <summary>The same, on probation.</summary>
    public static async Task<RestartFixture> WatchedAsync(int version = ControlCodec.Version)
    {
        var fixture = Continued(version);
        await fixture.BecomeReadyAsync();
        return fixture;
    }

    /// <summary>Its server listens and accepts, and the generation before hears it.</summary>
    public async Task BecomeReadyAsync()
    {
        Generation.Sockets.Claim(new(Address), ListenAddress.Parse(Address), out _);
        await Generation.ArriveAsync(Server).WaitAsync(Long);
        Generation.Accepting(Server);
        await Before!.HearAsync<ReadyMessage>();
    }

    /// <summary>A restart whose child is on probation for as long as it likes.</summary>
    public async Task<(Task<RestartResult> Restart, FakeChild Child)> BeginProbationAsync()
    {
        Server.Probation = TimeSpan.FromHours(1);
        var restart = Generation.RestartAsync();
        var child = Host.NextChild();
        child.SayReady();
        await Server.ToldAsync("pause");
        return (restart, child);
    }

    /// <summary>Another restart, with which nothing is wrong.</summary>
    public async Task SucceedsAsync()
    {
        Server.Probation = TimeSpan.Zero;
        var restart = Generation.RestartAsync();
        Host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await Server.ToldAsync("drain");
    }

    /// <summary>The server is told to stop by the application.</summary>
    public void Stop()
    {
        Server.IsStopping = true;
        Generation.Stopping();
    }

    /// <summary>The server ends. Completes when its process may.</summary>
    public Task LeaveAsync() => _left ??= Generation.LeaveAsync(Server, started: true);

    public void Dispose()
    {
        Task.Run(LeaveAsync); // gives the signals back
        lock (_children) _children.ForEach(child => child.Exit(0));
        Before?.Dispose();
        Server.Listener?.Socket.Dispose();
    }

    void IGenerationObserver.RestartBegan() => _steps.Enqueue("began");

    void IGenerationObserver.RestartRefused() => _steps.Enqueue("refused");

    void IGenerationObserver.RestartFailed(string reason) => _steps.Enqueue($"failed: {reason}");

    void IGenerationObserver.SuccessorTookOver(int number, int processId) => _steps.Enqueue($"handed on to {number}");
}
