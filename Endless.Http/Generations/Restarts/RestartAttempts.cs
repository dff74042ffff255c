using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.Logging;
using Microsoft.Extensions.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>The restarts that were tried: who asked, how many there were, and what came of them, in words. Changed on the generation's thread; read by any.</summary>
internal sealed class RestartAttempts(GenerationInfo current, RestartTexts texts, IGenerationObserver observer, Func<ILogger> logger) : IGenerationActor
{
    private List<RestartAsker> _askers = [];            // of the next attempt
    private List<RestartAsker> _attemptAskers = [];     // of the one under way
    private TaskCompletionSource<RestartResult>? _result;

    /// <summary>The last attempt, under way or over; null before the first.</summary>
    internal RestartResult.Attempt? Last { get; private set; }

    /// <summary>Restarts that succeeded, from the first generation on.</summary>
    internal int Restarts { get; private set; } = current.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures { get; private set; } = current.Failures;

    /// <summary>Somebody asks: told with the next thing that comes of a restart.</summary>
    internal void Add(RestartAsker asker) => _askers.Add(asker);

    public void Do(GenerationAction action)
    {
        switch (action)
        {
            case BeginRestart:
                (_attemptAskers, _askers, _result) = (_askers, [], RestartAsker.NewAnswer());
                Last = new RestartResult.Attempt(Stopwatch.GetTimestamp(), _result.Task);
                observer.RestartBegan();
                break;
            case SucceedRestart when texts.Successor is { } successor:
                Restarts++;
                observer.SuccessorTookOver(successor.Number, successor.ProcessId);
                Finish(RestartResult.Success(successor.Number, successor.ProcessId));
                break;
            case FailRestart fail:
                Failures++;
                var reason = texts.Of(fail.Failure);
                // Order of events: an observer that hears of this end after the next attempt has begun counts the next one as failed.
                observer.RestartFailed(reason);
                if (fail.Failure.Cause == FailureCause.Stopped) logger().RestartAbandoned(reason);
                else logger().RestartFailed(reason);
                Finish(RestartResult.Failed(reason));
                break;
            case RefuseRestart refuse:
                Refuse(refuse.Refusal);
                break;
            case PostponeRestart postpone:
                if (_askers.Exists(asker => asker.IsSignal)) logger().SignalNoted("SIGHUP", texts.Of(postpone.Postponement));
                break;
        }
    }

    private void Refuse(Refusal refusal)
    {
        var ofAttempt = refusal is Refusal.UnderWay or Refusal.TakingOver;
        // The attempt's end answers the service manager, too.
        if (ofAttempt) observer.RestartRefused();
        var reason = texts.Of(refusal);
        RestartAsker[] askers = [.. _askers];
        _askers.Clear();
        if (Array.Exists(askers, asker => asker.IsSignal)) logger().SignalNoted("SIGHUP", reason);
        Answer(askers, RestartResult.Refused(reason, ofAttempt || refusal == Refusal.TakenOver ? Last : null));
    }

    private void Finish(RestartResult result)
    {
        _result?.TrySetResult(result);
        _result = null;
        Answer(_attemptAskers, result);
        _attemptAskers = [];
    }

    private static void Answer(IEnumerable<RestartAsker> askers, RestartResult result)
    {
        foreach (var asker in askers)
            foreach (var answer in asker.Answers) answer.TrySetResult(result);
    }
}
