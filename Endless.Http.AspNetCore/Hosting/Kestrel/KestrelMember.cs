using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>An address of Kestrel's as its generation sees it. Connections do not move: they are Kestrel's, which ends them when the host stops. Thread-safe.</summary>
internal sealed class KestrelMember(KestrelEndpoint endpoint, Generation generation, EndlessLifetime lifetime, MemberSettings settings, ILogger logger) : IGenerationMember
{
    private int _connections;
    private volatile bool _isStopping;
    private volatile bool _hasSuccessor;

    /// <summary>Its address.</summary>
    public KestrelEndpoint Endpoint => endpoint;

    /// <summary>Whose it is.</summary>
    public Generation Generation => generation;

    /// <summary>The next generation serves the address.</summary>
    public bool HasSuccessor => _hasSuccessor;

    public IReadOnlyList<IGenerationEndpoint> Endpoints => [endpoint];

    public bool IsStopping => _isStopping;

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyList<Connection> OpenConnections => [];

    public ServerCounters Counters => new(Accepted: endpoint.Accepted);

    public IReadOnlyDictionary<ConnectionState, int> States => new Dictionary<ConnectionState, int> { [ConnectionState.Active] = Connections };

    public MemberStatus Status => new(endpoint.BoundAddress ?? endpoint.Address, State, new ServerStats { Active = Connections, Accepted = endpoint.Accepted }, [], Awaited: null);

    public TimeSpan StartTimeout => settings.StartTimeout;

    public SignalHooks SignalHooks { get; } = new();

    public ILogger? Logger => logger;

    public TimeSpan Probation => settings.Probation;

    public TimeSpan HammerTime => settings.HammerTime;

    private ServerState State => _isStopping || _hasSuccessor ? ServerState.ShuttingDown : endpoint.BoundAddress is null ? ServerState.Init : ServerState.Running;

    /// <summary>Kestrel has one more connection.</summary>
    public void Opened() => Interlocked.Increment(ref _connections);

    /// <summary>Kestrel has one less.</summary>
    public void Closed() => Interlocked.Decrement(ref _connections);

    /// <summary>The host stops it.</summary>
    public void Stop()
    {
        if (_hasSuccessor || _isStopping) return;
        _isStopping = true;
        if (StopSignals.HasCome) generation.StopAsSignal();
        generation.Stopping();
    }

    public void Pause() => endpoint.Pause();

    public void Resume() => endpoint.Accept();

    public void HandOver(HandOverSender sender)
    {
    }

    public void TakeBack()
    {
    }

    public void BeginDrain(bool hasSuccessor, HandOverSender? handOver)
    {
        if (hasSuccessor)
        {
            _hasSuccessor = true;
            endpoint.StopAccepting();
        }
        else
        {
            _isStopping = true;
            generation.Stopping();
        }
        _ = lifetime.LeaveAsync(isSuperseded: hasSuccessor);
    }

    public bool Hammer() => false;
}
