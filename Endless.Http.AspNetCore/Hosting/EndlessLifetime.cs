using Endless.Http.Generations;
using Endless.Http.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>A host as part of a generation: what its servers are told by the generation, it passes on to the application, in order. Thread-safe.</summary>
internal sealed class EndlessLifetime : IEndlessLifetime, IDisposable
{
    private readonly Lock _lock = new();
    private readonly IHostApplicationLifetime _host;
    private readonly Generation? _generation;
    private readonly TimeSpan _patience;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _superseded = new();
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly List<Func<CancellationToken, Task>> _singleActive = [];
    private Task? _leaving;

    /// <param name="host">The host's own.</param>
    /// <param name="options">How long background services have to stop.</param>
    /// <param name="logger">For what goes wrong in the application's callbacks.</param>
    /// <param name="generation">The process's; null where there are no restarts.</param>
    public EndlessLifetime(IHostApplicationLifetime host, IOptions<HostOptions> options, ILogger<EndlessServer> logger, HostedGeneration generation)
    {
        _host = host;
        _generation = generation.Current;
        _patience = Allowed.ForTimer(options.Value.ShutdownTimeout);
        _logger = logger;
        _stopping = host.ApplicationStopping.Register(() => Cancel(_draining, nameof(Draining)));
    }

    public int Generation => _generation?.Info.Number ?? 1;

    public CancellationToken Superseded => _superseded.Token;

    public CancellationToken Draining => _draining.Token;

    public Task PredecessorGone => _generation?.Previous.Application.PredecessorGone ?? Task.CompletedTask;

    public Task<RestartResult> RestartAsync() => _generation?.RestartAsync() ?? Task.FromResult(RestartResult.Refused(HostingLog.NoRestarts));

    /// <summary>A service that may run in one generation only: what stops it when this one is superseded.</summary>
    public void StopWhenSuperseded(Func<CancellationToken, Task> stop)
    {
        lock (_lock) _singleActive.Add(stop);
    }

    /// <summary>A server of the host was told by the generation to end, and not by the host. Completes when the application has been told; the first call tells it.</summary>
    /// <param name="isSuperseded">The next generation has the service; otherwise the service stops.</param>
    /// <param name="clientsLeft">
    /// Where it has: waits until no client would begin a request here. Two generations: one whose socket or stream the application ends when it stops comes back at once, and what it begins here, as a negotiation of SignalR, the next
    /// generation knows nothing of. Given up when the token fires; does not throw.
    /// </param>
    public Task LeaveAsync(bool isSuperseded, Func<CancellationToken, Task>? clientsLeft = null)
    {
        lock (_lock) return _leaving ??= Task.Run(() => isSuperseded ? SupersedeAsync(clientsLeft) : StopAsync());
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _superseded.Dispose();
        _draining.Dispose();
    }

    private async Task SupersedeAsync(Func<CancellationToken, Task>? clientsLeft)
    {
        _logger.Superseded();
        Cancel(_superseded, nameof(Superseded));
        Cancel(_draining, nameof(Draining));
        Func<CancellationToken, Task>[] stops;
        lock (_lock) stops = [.. _singleActive];
        using var late = new CancellationTokenSource(_patience);
        await Task.WhenAll([clientsLeft?.Invoke(late.Token) ?? Task.CompletedTask, .. Array.ConvertAll(stops, stop => stop(late.Token))]).ConfigureAwait(false);
        await StopAsync().ConfigureAwait(false);
    }

    /// <summary>Callbacks of <c>ApplicationStopping</c> may block: not in the caller's way.</summary>
    private Task StopAsync()
    {
        _host.StopApplication();
        return Task.CompletedTask;
    }

    private void Cancel(CancellationTokenSource source, string name)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            _logger.LifetimeCallbackFailed(e, name);
        }
        catch (ObjectDisposedException)
        {
            // The host has ended meanwhile.
        }
    }
}
