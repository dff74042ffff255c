using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Server;

/// <summary>A server as its generation sees it.</summary>
internal sealed class ServerMember(EndlessServer server, ServerLife life) : IGenerationMember
{
    public IReadOnlyList<IGenerationEndpoint> Endpoints => life.Endpoints;

    public bool IsStopping => life.IsStopping;

    public int Connections => life.Connections.Count;

    public IReadOnlyList<Connection> OpenConnections => life.Connections.Open;

    public ServerCounters Counters => life.Connections.Counters + new ServerCounters(life.Accepted, life.HandedOver);

    public IReadOnlyDictionary<ConnectionState, int> States => life.Connections.States;

    public MemberStatus Status =>
        new(string.Join(", ", life.Endpoints.Select(static endpoint => endpoint.BoundAddress ?? endpoint.Address)), life.State, server.Stats, server.Certificates, life.Awaited);

    public TimeSpan StartTimeout => server.Principal.StartTimeout;

    public SignalHooks SignalHooks => server.SignalHooks;

    public ILogger? Logger => server.Logger;

    public TimeSpan Probation => server.Principal.Probation;

    public TimeSpan HammerTime => server.Principal.HammerTime;

    public void Pause() => life.Pause();

    public void Resume() => life.Resume();

    public void HandOver(HandOverSender sender) => life.HandOver(sender);

    public void TakeBack() => life.TakeBack();

    public void BeginDrain(bool hasSuccessor, HandOverSender? handOver)
    {
        // A stop of an admin listener comes from its server: told twice, it would not wait for StopDelay.
        if (hasSuccessor || !server.IsAdmin) life.BeginDrain(hasSuccessor, now: false, handOver);
    }

    public bool Hammer() => life.Hammer();
}
