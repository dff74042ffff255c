using Endless.Http.Channels;
using Endless.Http.Diagnostics;
using Endless.Http.HandOver;
using Microsoft.Extensions.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Has the servers of a generation accept, hand over, drain and stop.</summary>
internal sealed class ServersActor(GenerationMembers members, Func<HandOverSender?> handOver, Func<CountersMessage> counters, Action<GenerationEvent> post, Func<ILogger> logger)
    : IGenerationActor, IDisposable
{
    /// <summary>How often the next generation is told what the counters stand at.</summary>
    private static readonly TimeSpan CountersPeriod = TimeSpan.FromSeconds(1);

    private Timer? _countersTimer;

    /// <summary>Tells the next generation, if there is one that accepts, what the counters stand at now. Any thread.</summary>
    internal void SendCounters() => handOver()?.SayLatest(counters);

    public void Do(GenerationAction action)
    {
        switch (action)
        {
            case PauseServers:
                foreach (var member in members.All) member.Pause();
                SendCounters();
                break;
            case ResumeServers:
                foreach (var member in members.All) member.Resume();
                break;
            case HandOverIdle when handOver() is { } sender:
                foreach (var member in members.All) member.HandOver(sender);
                sender.NotifyWhenSettled(() => post(new GenerationEvent.IdleHandedOver()));
                break;
            case TakeBack:
                foreach (var member in members.All) member.TakeBack();
                break;
            case DrainServers:
                SendCounters(); // the next one learns when it was left the service
                // Until it ends: what its last connections are still answered with counts too.
                _countersTimer = new Timer(static actor => ((ServersActor)actor!).SendCounters(), this, CountersPeriod, CountersPeriod);
                foreach (var member in members.All) member.BeginDrain(handedOn: true, handOver());
                break;
            case StopServers:
                foreach (var member in members.All) member.BeginDrain(handedOn: false);
                break;
            case NoteStop when members.Listeners.Count == 0:
                logger().SignalNoted("SIGTERM", "already draining; SIGUSR2 ends that at once");
                break;
            case HammerServers:
                var hammered = false;
                foreach (var member in members.All) hammered |= member.Hammer();
                if (!hammered) logger().SignalNoted("SIGUSR2", "nothing is draining");
                break;
        }
    }

    /// <summary>Sends no more counters.</summary>
    public void Dispose() => _countersTimer?.Dispose();
}
