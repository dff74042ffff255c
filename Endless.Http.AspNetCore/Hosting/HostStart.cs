using Endless.Http.Generations;
using Microsoft.Extensions.Hosting;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>
/// Whether a host has started, with all its services. Until then a new generation is not ready, and what ends the host is the reason why its start has failed. Thread-safe.
/// </summary>
internal sealed class HostStart : IDisposable
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HostedGeneration _generation;
    private readonly CancellationTokenRegistration[] _registrations;

    public HostStart(IHostApplicationLifetime host, HostedGeneration generation, FailedStartLog log)
    {
        _generation = generation;
        _registrations =
        [
            host.ApplicationStarted.Register(() => _started.TrySetResult()),
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
    }
}
