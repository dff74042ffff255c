using Endless.Http.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Has the servers of a generation accept, hand over, drain and stop.</summary>
internal sealed class ServersActor(GenerationContext context, GenerationSuccession succession, GenerationFigures figures) : IGenerationActor, IDisposable
{
    /// <summary>How often the next generation is told what the counters stand at.</summary>
    private static readonly TimeSpan CountersPeriod = TimeSpan.FromSeconds(1);

    private Timer? _countersTimer;

    public void Do(GenerationAction action)
    {
        switch (action)
        {
            case PauseServers:
                foreach (var member in context.Members.All) member.Pause();
                figures.SendCounters();
                break;
            case ResumeServers:
                foreach (var member in context.Members.All) member.Resume();
                break;
            case HandOverIdle when succession.HandOver is { } sender:
                foreach (var member in context.Members.All) member.HandOver(sender);
                sender.NotifyWhenSettled(() => context.Shell.Post(new GenerationEvent.IdleHandedOver()));
                break;
            case TakeBack:
                foreach (var member in context.Members.All) member.TakeBack();
                break;
            case DrainServers:
                figures.SendCounters(); // the next one learns when it was left the service
                // Until it ends: what its last connections are still answered with counts too.
                _countersTimer = new Timer(static figures => ((GenerationFigures)figures!).SendCounters(), figures, CountersPeriod, CountersPeriod);
                foreach (var member in context.Members.All) member.BeginDrain(hasSuccessor: true, succession.HandOver);
                break;
            case StopServers:
                foreach (var member in context.Members.All) member.BeginDrain(hasSuccessor: false);
                break;
            case NoteStop when context.Members.Listeners.Count == 0:
                context.Logger.SignalNoted("SIGTERM", "already draining; SIGUSR2 ends that at once");
                break;
            case HammerServers:
                var hammered = false;
                foreach (var member in context.Members.All) hammered |= member.Hammer();
                if (!hammered) context.Logger.SignalNoted("SIGUSR2", "nothing is draining");
                break;
        }
    }

    /// <summary>Sends no more counters.</summary>
    public void Dispose() => _countersTimer?.Dispose();
}
