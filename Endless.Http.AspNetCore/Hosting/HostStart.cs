using Endless.Http.Generations;
using Microsoft.Extensions.Hosting;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>
/// Whether a host has started, with all its services. Until then its generation is not ready, and what ends the host is the reason why the start of a new one has failed. Thread-safe.
/// </summary>
internal sealed class HostStart : IDisposable
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HostedGeneration _generation;
    private readonly CancellationTokenRegistration[] _registrations;
    private int _isHolding;

    public HostStart(IHostApplicationLifetime host, HostedGeneration generation, FailedStartLog log)
    {
        _generation = generation;
        // The first one's servers accept before that, as Kestrel does, for services that call them in their start.
        if (generation.Current is { Continues: false } first)
        {
            first.Hold();
            _isHolding = 1;
        }
        _registrations =
        [
            host.ApplicationStarted.Register(Succeed),
            host.ApplicationStopping.Register(() => Fail(StopSignals.HasCome ? "it was told to stop" : "its host stopped before it had started")),
        ];
        log.Failed = exception => Fail(Generation.ReasonOf(exception));
    }

    /// <summary>Completes when it has; fails with what ended it before.</summary>
    public Task Started => _started.Task;

    /// <summary>It will not start, for this reason, which the generation before is told. Nothing if it has, or another reason was there first.</summary>
    public void Fail(string reason)
    {
        if (!_started.TrySetException(new InvalidOperationException(reason))) return;
        _ = _started.Task.Exception; // nobody may be waiting
        _generation.Current?.FailStart(reason);
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        Release(); // for another host of the process; the servers of this one have ended
    }

    private void Succeed()
    {
        if (_started.TrySetResult()) Release();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _isHolding, 0) != 0) _generation.Current?.Release();
    }
}
