using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>Several observers as one. Each is told, in the order they were added, even if another throws: else a restart would have no answer, or the service manager not hear of it. Thread-safe.</summary>
internal sealed class GenerationObservers(Func<ILogger> logger) : IGenerationObserver
{
    private volatile IGenerationObserver[] _observers = [];

    /// <summary>Adds an observer; null adds none.</summary>
    internal void Add(IGenerationObserver? observer)
    {
        if (observer != null) _observers = [.. _observers, observer];
    }

    public void Ready() => Tell(static observer => observer.Ready());

    public void InCharge(bool announced) => Tell(observer => observer.InCharge(announced));

    public void RestartBegan() => Tell(static observer => observer.RestartBegan());

    public void RestartRefused() => Tell(static observer => observer.RestartRefused());

    public void SuccessorStarted(int number, int processId) => Tell(observer => observer.SuccessorStarted(number, processId));

    public void SuccessorReady() => Tell(static observer => observer.SuccessorReady());

    public void PredecessorEnded() => Tell(static observer => observer.PredecessorEnded());

    public void RestartFailed(string reason) => Tell(observer => observer.RestartFailed(reason));

    public void SuccessorTookOver(int number, int processId) => Tell(observer => observer.SuccessorTookOver(number, processId));

    public void Stopping() => Tell(static observer => observer.Stopping());

    public void Ended() => Tell(static observer => observer.Ended());

    private void Tell(Action<IGenerationObserver> what)
    {
        foreach (var observer in _observers)
        {
            try
            {
                what(observer);
            }
            catch (Exception e)
            {
                logger().GenerationActionFailed(e, observer.GetType().Name);
            }
        }
    }
}
