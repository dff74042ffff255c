using System.Diagnostics;
using Endless.Http.Logging;
using Microsoft.Extensions.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Tells the observers of a generation, and its log, what happens. On the generation's thread.</summary>
internal sealed class Announcer(GenerationObservers observers, Func<Successor?> successor, Func<long> attemptBeganAt, Func<ILogger> logger) : IGenerationActor
{
    /// <summary>The last server has ended.</summary>
    internal void End() => observers.Ended();

    public void Do(GenerationAction action)
    {
        var next = successor();
        switch (action)
        {
            case AnnounceReady:
                observers.Ready();
                break;
            case TakeCharge charge:
                observers.InCharge(charge.Announced);
                break;
            case AnnounceStop:
                observers.Stopping();
                break;
            case AnnounceSuccessor when next != null:
                logger().RestartStarted(next.Number, next.ProcessId);
                observers.SuccessorStarted(next.Number, next.ProcessId);
                break;
            case AnnounceSuccessorReady when next != null:
                observers.SuccessorReady();
                logger().RestartReady(next.Number, next.ProcessId, (long)Stopwatch.GetElapsedTime(attemptBeganAt()).TotalMilliseconds);
                break;
            case AnnouncePredecessorGone:
                observers.PredecessorEnded();
                break;
            case NoteSuccessorStop when next != null:
                logger().SuccessorStops(next.Number, next.ProcessId);
                break;
            case NoteSuccessorNonsense nonsense when next != null:
                logger().SuccessorNotUnderstood(next.Number, next.ProcessId, nonsense.Reason);
                break;
            case NoteSuccessorEnd end when next != null:
                logger().SuccessorEnded(next.Number, end.How);
                break;
        }
    }
}
