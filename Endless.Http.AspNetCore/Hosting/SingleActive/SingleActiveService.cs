using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.SingleActive;

/// <summary>A hosted service of the application's that runs in one generation only: from when none before this one runs its own, until this one is superseded or stops.</summary>
/// <param name="service">The application's.</param>
/// <param name="turn">When it may run.</param>
/// <param name="lifetime">Says when this generation is superseded.</param>
/// <param name="host">Stopped where the service fails, as for any background service.</param>
/// <param name="options">Whether it is.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class SingleActiveService<TService>(
    TService service, SingleActiveTurn turn, EndlessLifetime lifetime, IHostApplicationLifetime host, IOptions<HostOptions> options, ILogger<EndlessServer> logger) : IHostedService, IDisposable
    where TService : class, IHostedService
{
    private readonly SemaphoreSlim _step = new(1, 1); // its start and its stop, one after the other
    private readonly CancellationTokenSource _stopped = new();
    private bool _isRunning;

    private static string Name => typeof(TService).Name;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.StopWhenSuperseded(StopAsync);
        if (turn.Free.IsCompleted)
        {
            await RunAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        logger.SingleActiveWaits(Name);
        _ = RunLaterAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _step.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!_isRunning) return;
            _isRunning = false;
            await EndAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _step.Release();
        }
    }

    public void Dispose() => _stopped.Dispose();

    private async Task RunLaterAsync()
    {
        try
        {
            await turn.Free.WaitAsync(_stopped.Token).ConfigureAwait(false);
            await RunAsync(_stopped.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stopped.IsCancellationRequested)
        {
            // Never its turn.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await _step.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _stopped.Token.ThrowIfCancellationRequested();
            turn.Enter();
            _isRunning = true;
            var lifecycle = service as IHostedLifecycleService;
            if (lifecycle is not null) await lifecycle.StartingAsync(cancellationToken).ConfigureAwait(false);
            await service.StartAsync(cancellationToken).ConfigureAwait(false);
            if (lifecycle is not null) await lifecycle.StartedAsync(cancellationToken).ConfigureAwait(false);
            logger.SingleActiveStarted(Name);
        }
        finally
        {
            _step.Release();
        }
        if (service is BackgroundService { ExecuteTask: { } execution }) _ = WatchAsync(execution);
    }

    /// <summary>The next generation's turn comes when it has stopped: with a doubt it comes when this process is gone.</summary>
    private async Task EndAsync(CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            var lifecycle = service as IHostedLifecycleService;
            if (lifecycle is not null) await lifecycle.StoppingAsync(cancellationToken).ConfigureAwait(false);
            await service.StopAsync(cancellationToken).ConfigureAwait(false);
            if (lifecycle is not null) await lifecycle.StoppedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }
        if (failure is not null || service is BackgroundService { ExecuteTask.IsCompleted: false }) logger.SingleActiveStays(failure, Name);
        else turn.Leave();
    }

    /// <summary>The host watches what it knows of; this one it does not know.</summary>
    private async Task WatchAsync(Task execution)
    {
        try
        {
            await execution.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // Told to.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception exception)
    {
        logger.SingleActiveFailed(exception, Name);
        if (options.Value.BackgroundServiceExceptionBehavior == BackgroundServiceExceptionBehavior.StopHost) host.StopApplication();
    }
}
