using System.Diagnostics;
using Endless.Http.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Restart;

/// <summary>
/// The old generation's side of a restart: starts the next one, waits until it is ready, and hands on to it; a generation that fails is
/// ended and forgotten, and the next attempt starts from nothing.
/// </summary>
/// <remarks>Serving → Starting → HandedOn (final), or back to Serving on failure. Thread-safe.</remarks>
internal sealed class Restarter(IProcessHost host, GenerationInfo current, Func<ILogger> logger, IGenerationObserver observer)
{
    private readonly Lock _lock = new();
    private Task<RestartResult> _attempt = Task.FromResult(RestartResult.Success);
    private CancellationTokenSource _abandon = new();
    private IChildProcess? _child;
    private long _startedAt;

    /// <summary>The next generation has taken over.</summary>
    internal bool HandedOn { get; private set; }

    /// <summary>Restarts that succeeded, from the first generation on.</summary>
    internal int Restarts { get; private set; } = current.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures { get; private set; } = current.Failures;

    /// <summary>
    /// Starts the next generation. Returns once it is spawned; the task completes when it is ready or has failed.
    /// <paramref name="handOn"/> is called when it is ready, before the task completes.
    /// </summary>
    internal Task<RestartResult> RestartAsync(IReadOnlyList<ListenerDescriptor> listeners, TimeSpan startTimeout, Action handOn)
    {
        lock (_lock)
        {
            if (Refusal() is { } refusal)
            {
                if (!HandedOn) observer.RestartBegan();
                return Task.FromResult(RestartResult.Refused(refusal));
            }
            observer.RestartBegan();
            try
            {
                _child = host.Spawn(listeners);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Failures++;
                observer.RestartFailed(e.Message);
                return Task.FromResult(RestartResult.Failed(e.Message));
            }
            _startedAt = Stopwatch.GetTimestamp();
            _abandon = new CancellationTokenSource();
            var successor = new Successor(_child, host.ProcessId, new(current.Number + 1, Restarts + 1, Failures, default), logger);
            logger().RestartStarted(current.Number + 1, _child.Id);
            observer.SuccessorStarted(current.Number + 1, _child.Id);
            var abandoned = _abandon.Token;
            return _attempt = Task.Run(() => FinishAsync(successor, startTimeout, handOn, abandoned));
        }
    }

    /// <summary>The process stops: a child that is not ready yet is killed. Completes when no attempt is under way.</summary>
    internal Task AbandonAsync()
    {
        lock (_lock)
        {
            _abandon.Cancel();
            return _attempt;
        }
    }

    /// <summary>Why no restart can begin now; null if one can.</summary>
    private string? Refusal()
    {
        if (HandedOn) return $"generation {current.Number + 1} (pid {_child!.Id}) has taken over; it is the one to restart";
        return _child is null ? null
            : $"a restart is already under way: generation {current.Number + 1} (pid {_child.Id}) has been starting for {Stopwatch.GetElapsedTime(_startedAt).TotalSeconds:F1} s";
    }

    private async Task<RestartResult> FinishAsync(Successor successor, TimeSpan startTimeout, Action handOn, CancellationToken abandoned)
    {
        var failure = await successor.WaitUntilReadyAsync(startTimeout, abandoned).ConfigureAwait(false);
        if (failure is not null)
        {
            await successor.EndAsync().ConfigureAwait(false);
            lock (_lock)
            {
                _child = null;
                Failures++;
            }
            observer.RestartFailed(failure);
            return RestartResult.Failed(failure);
        }
        lock (_lock)
        {
            HandedOn = true;
            Restarts++;
        }
        observer.HandedOn(current.Number + 1, successor.ProcessId);
        handOn();
        successor.TellToTakeOver();
        logger().RestartReady(current.Number + 1, successor.ProcessId, (long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds);
        _ = successor.WatchAsync();
        return RestartResult.Success;
    }
}
