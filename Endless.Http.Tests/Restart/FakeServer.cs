using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Sockets;
using Endless.Http.Spawning;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Restart;

/// <summary>A server that only remembers what its generation told it.</summary>
internal sealed class FakeServer(ILogger logger) : IGenerationMember, IGenerationEndpoint
{
    public IReadOnlyList<IGenerationEndpoint> Endpoints => [this];

    public ListenerDescriptor? Listener { get; set; }

    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(20);

    public SignalHooks SignalHooks { get; } = new();

    public ILogger? Logger => logger;

    public bool IsStopping { get; set; }

    public int Connections => 0;

    public IReadOnlyList<Connection> OpenConnections => [];

    public ServerCounters Counters { get; set; }

    public IReadOnlyDictionary<ConnectionState, int> States => new Dictionary<ConnectionState, int>();

    public MemberStatus Status => new("fake", ServerState.Running, new ServerStats { Accepted = Counters.Accepted, HandedOver = Counters.HandedOver, Dropped = Counters.Dropped }, [], Awaited);

    public string? Awaited { get; set; }

    public List<bool> Drains { get; } = [];

    public TimeSpan Probation { get; set; }

    public TimeSpan HammerTime { get; set; } = TimeSpan.FromSeconds(20);

    public List<string> Told { get; } = [];

    /// <summary>Called with each thing that it is told.</summary>
    public Action<string>? Telling { get; set; }

    /// <summary>Does with its connections what it is told to.</summary>
    public Action<HandOverSender>? HandingOver { get; set; }

    /// <summary>All that it was told, once this is the last of it.</summary>
    public async Task<string[]> ToldAsync(string last)
    {
        await Endless.Http.Load.Deadline.UntilAsync(() => Snapshot().LastOrDefault() == last, $"the server is told: {last}");
        return Snapshot();
    }

    private string[] Snapshot()
    {
        lock (Told) return [.. Told];
    }

    public void Pause() => Tell("pause");

    public void Resume() => Tell("resume");

    public void HandOver(HandOverSender sender)
    {
        Tell("hand over");
        HandingOver?.Invoke(sender);
    }

    public void TakeBack() => Tell("take back");

    public void BeginDrain(bool hasSuccessor, HandOverSender? handOver)
    {
        lock (Drains) Drains.Add(hasSuccessor);
        Tell(hasSuccessor ? "drain" : "stop");
    }

    public ServerIdentity Identity => new("fake");

    public ServerIdentity Predecessor => Identity;

    public SocketConnection? Adopt(HandedConnection connection, int descriptor)
    {
        _ = Endless.Http.Native.Libc.close(descriptor);
        return null;
    }

    public bool Hammer() => false;

    private void Tell(string what)
    {
        lock (Told) Told.Add(what);
        Telling?.Invoke(what);
    }
}
