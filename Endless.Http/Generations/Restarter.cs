using System.Diagnostics;
using Endless.Http.Channels;
using Endless.Http.Diagnostics;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>
/// The old generation's side of a restart: starts the next one, waits until it is ready, and hands on to it; a generation that fails is
/// ended and forgotten, and the next attempt starts from nothing.
/// </summary>
/// <remarks>
/// Serving → Starting → Probation → HandedOn (final), or back to Serving on failure. On probation the next generation accepts and this one does not,
/// but keeps its listeners and all its connections: should the next one die, nothing but what it had accepted itself is lost. Thread-safe.
/// </remarks>
internal sealed class Restarter(IProcessHost host, GenerationInfo current, Func<ILogger> logger, IGenerationObserver observer)
{
    private readonly Lock _lock = new();
    private RestartAttempt? _attempt;
    private CancellationTokenSource _abandon = new();
    private IChildProcess? _child;
    private Action? _sendCounters;
    private bool _onProbation;

    /// <summary>The next generation, once it has taken over.</summary>
    internal IChildProcess? Successor => HandedOn ? _child : null;

    /// <summary>The next generation has taken over.</summary>
    internal bool HandedOn { get; private set; }

    /// <summary>Restarts that succeeded, from the first generation on.</summary>
    internal int Restarts { get; private set; } = current.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures { get; private set; } = current.Failures;

    /// <summary>Starts the next generation. Returns once it is spawned; the task completes when it has taken over for good or has failed.</summary>
    /// <param name="listeners">What it inherits.</param>
    /// <param name="startTimeout">How long it has to be ready; for ever if infinite.</param>
    /// <param name="probation">How long it is watched before this generation relies on it.</param>
    /// <param name="steps">What happens here meanwhile.</param>
    /// <param name="state">What the application leaves for it.</param>
    internal Task<RestartResult> RestartAsync(
        IReadOnlyList<ListenerDescriptor> listeners, TimeSpan startTimeout, TimeSpan probation, IRestartSteps steps, ReadOnlyMemory<byte> state = default)
    {
        lock (_lock)
        {
            if (Refuse() is { } refused) return Task.FromResult(refused);
            observer.RestartBegan();
            var beganAt = Stopwatch.GetTimestamp();
            try
            {
                _child = host.Spawn(listeners);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Task.FromResult(Failed(e.Message));
            }
            _abandon = new CancellationTokenSource();
            var successor = new Successor(_child, host.ProcessId, new(current.Number + 1, Restarts + 1, Failures, state), logger);
            logger().RestartStarted(current.Number + 1, _child.Id);
            observer.SuccessorStarted(current.Number + 1, _child.Id);
            var abandoned = _abandon.Token;
            _attempt = new(beganAt, Task.Run(() => FinishAsync(successor, beganAt, startTimeout, probation, steps, abandoned)));
            return _attempt.Result;
        }
    }

    /// <summary>A restart that failed before there was a child. Refused while another is under way, which it must not end.</summary>
    internal RestartResult Fail(string reason)
    {
        lock (_lock)
        {
            if (Refuse() is { } refused) return refused;
            observer.RestartBegan();
            return Failed(reason);
        }
    }

    /// <summary>
    /// The process stops: a child that is not ready yet is killed; one on probation takes over at once, and then <paramref name="handsOn"/> is true.
    /// Completes when no attempt is under way.
    /// </summary>
    internal Task AbandonAsync(out bool handsOn)
    {
        CancellationTokenSource abandon;
        Task attempt;
        lock (_lock)
        {
            handsOn = _onProbation;
            abandon = _abandon;
            attempt = _attempt?.Result ?? Task.CompletedTask;
        }
        abandon.Cancel();
        return attempt;
    }

    /// <summary>Tells the next generation, if there is one that accepts, what the counters stand at now.</summary>
    internal void SendCounters() => Volatile.Read(ref _sendCounters)?.Invoke();

    /// <summary>The answer to who asks for a restart when none can begin; null if one can.</summary>
    private RestartResult? Refuse()
    {
        if (Refusal() is not { } reason) return null;
        if (!HandedOn) observer.RestartRefused();
        return RestartResult.Refused(reason, _attempt);
    }

    private string? Refusal()
    {
        if (HandedOn) return $"generation {current.Number + 1} (pid {_child!.Id}) has taken over; it is the one to restart";
        if (_onProbation) return $"generation {current.Number + 1} (pid {_child!.Id}) is taking over; it is the one to restart, as soon as it has";
        return _child is null ? null
            : $"a restart is already under way: generation {current.Number + 1} (pid {_child.Id}) has been starting for {Stopwatch.GetElapsedTime(_attempt!.BeganAt).TotalSeconds:F1} s";
    }

    private async Task<RestartResult> FinishAsync(
        Successor successor, long beganAt, TimeSpan startTimeout, TimeSpan probation, IRestartSteps steps, CancellationToken abandoned)
    {
        try
        {
            return await TryFinishAsync(successor, beganAt, startTimeout, probation, steps, abandoned).ConfigureAwait(false);
        }
        catch (Exception e) when (!HandedOn)
        {
            // Whatever it is: else both generations would serve for ever, and nothing say why.
            steps.Continue();
            return await FailAsync(successor, e.Message, abandoned).ConfigureAwait(false);
        }
    }

    private async Task<RestartResult> TryFinishAsync(
        Successor successor, long beganAt, TimeSpan startTimeout, TimeSpan probation, IRestartSteps steps, CancellationToken abandoned)
    {
        if (await successor.WaitUntilReadyAsync(startTimeout, abandoned).ConfigureAwait(false) is { } failure)
            return await FailAsync(successor, failure, abandoned).ConfigureAwait(false);

        lock (_lock)
            _onProbation = true;
        await steps.PauseAsync().ConfigureAwait(false);
        observer.SuccessorReady();
        _sendCounters = () => successor.Control.Send(steps.Counters());
        SendCounters();
        logger().RestartReady(current.Number + 1, successor.ProcessId, (long)Stopwatch.GetElapsedTime(beganAt).TotalMilliseconds);
        if (await successor.DiesWithinAsync(probation, abandoned).ConfigureAwait(false) is { } death)
        {
            // It accepts again before anything else: until it does, nobody serves.
            steps.Continue();
            return await FailAsync(successor, death, abandoned).ConfigureAwait(false);
        }
        lock (_lock)
        {
            _onProbation = false;
            HandedOn = true;
            Restarts++;
        }
        observer.HandedOn(current.Number + 1, successor.ProcessId);
        successor.TellToTakeOver();
        steps.HandOn(successor.Control);
        _ = successor.WatchAsync();
        return RestartResult.Success(current.Number + 1, successor.ProcessId);
    }

    private async Task<RestartResult> FailAsync(Successor successor, string reason, CancellationToken abandoned)
    {
        _sendCounters = null;
        await successor.EndAsync().ConfigureAwait(false);
        // Part of the attempt, for which the last server waits before the process may end: else the line could come too late.
        return Failed(reason, abandoned.IsCancellationRequested);
    }

    /// <summary>Counts a failure, tells of it, and makes room for the next attempt.</summary>
    private RestartResult Failed(string reason, bool abandoned = false)
    {
        reason = reason.TrimEnd('.'); // it is told in sentences that go on, and may be the message of an exception
        lock (_lock)
        {
            _onProbation = false;
            _child = null;
            Failures++;
            // Before another attempt can begin: who hears of this one's end after the next one's beginning takes it for that one's.
            observer.RestartFailed(reason);
        }
        if (abandoned) logger().RestartAbandoned(reason);
        else logger().RestartFailed(reason);
        return RestartResult.Failed(reason);
    }
}
