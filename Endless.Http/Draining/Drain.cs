using System.Diagnostics;
using Endless.Http.HandOver;
using Endless.Http.Logging;
using Endless.Http.Settings;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Draining;

/// <summary>
/// The end of a server's life: its connections finish what they have begun, the application is told, and at hammer time what is left is closed.
/// </summary>
/// <param name="connections">The server's.</param>
/// <param name="reportPeriod">How often the log is told what is waited for.</param>
/// <param name="logger">The server's.</param>
internal sealed class Drain(ConnectionTable connections, TimeSpan reportPeriod, ILogger logger)
{
    /// <summary>How long after hammer time the closed connections' flows, and the application's own shutdown, get to notice.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    /// <summary>After how long the next generation is offered again what it would not have; twice as long after each time.</summary>
    private static readonly TimeSpan FirstOffer = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the log is told what is waited for.</summary>
    internal static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _hammer = new();
    private volatile Task? _application;

    /// <summary>Makes it hammer time now.</summary>
    internal void Hammer() => _ = _hammer.CancelAsync();

    /// <summary>What is waited for, in words; null for nothing, and before the drain. Any thread.</summary>
    internal string? Awaited => _application is { } application ? AwaitedWork.Describe(connections.Open, connections.HeldCount, isInitiated: !application.IsCompleted) : null;

    /// <summary>Drains. Completes when every connection has ended and so has <paramref name="shutdownInitiated"/>, or soon after hammer time.</summary>
    /// <param name="address">The server's, for the log.</param>
    /// <param name="hammerTime">How long to wait; for ever if negative, or too long for a timer.</param>
    /// <param name="handOver">Where connections can go; null if they are to end here.</param>
    /// <param name="shutdownInitiated">The application's own shutdown; null for none.</param>
    internal async Task RunAsync(string address, TimeSpan hammerTime, HandOverSender? handOver, Func<CancellationToken, Task>? shutdownInitiated)
    {
        var start = Stopwatch.GetTimestamp();
        if (hammerTime == TimeSpan.Zero) Hammer();
        else if (hammerTime > TimeSpan.Zero) _hammer.CancelAfter(Allowed.ForTimer(hammerTime));

        // On a thread of its own turn: it may block, and the connections are not to wait for it.
        var application = shutdownInitiated is null ? Task.CompletedTask : Task.Run(() => shutdownInitiated(_hammer.Token));
        logger.Draining(address, connections.Leave(handOver));
        _application = application;
        if (handOver is not null) _ = OfferAgainAsync(handOver);
        using var reports = new PeriodicTimer(reportPeriod);
        _ = ReportAsync(address, reports);
        if (!await CompletesAsync(connections.Emptied).ConfigureAwait(false))
        {
            logger.Hammered(address, connections.AbortAll());
            await Task.WhenAny(connections.Emptied, Task.Delay(LastMoment)).ConfigureAwait(false);
            if (connections.AbortRest()) await Task.WhenAny(connections.Emptied, Task.Delay(LastMoment)).ConfigureAwait(false);
        }
        if (!await CompletesAsync(application).ConfigureAwait(false))
            await Task.WhenAny(application, Task.Delay(LastMoment)).ConfigureAwait(false);
        if (!application.IsCompleted) logger.ShutdownInitiatedAbandoned(address);
        else if (application.Exception is { } failure) logger.ShutdownInitiatedFailed(failure.InnerException ?? failure, address);
        _application = null;
        logger.Drained(address, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>What the next generation would not have may find room there later, as long as it waits here.</summary>
    private async Task OfferAgainAsync(HandOverSender handOver)
    {
        for (var pause = FirstOffer; pause < Allowed.LongestTimer; pause *= 2)
        {
            if (await Task.WhenAny(connections.Emptied, Task.Delay(pause)).ConfigureAwait(false) == connections.Emptied) return;
            connections.OfferAgain(handOver);
        }
    }

    /// <summary>Tells the log what is waited for, again and again, until the timer is disposed of.</summary>
    private async Task ReportAsync(string address, PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
            if (Awaited is { } awaited) logger.StillDraining(address, awaited);
    }

    /// <summary>The task ends, in whatever way, before hammer time.</summary>
    private async Task<bool> CompletesAsync(Task task)
    {
        var hammer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _hammer.Token.Register(hammer.SetResult);
        await Task.WhenAny(task, hammer.Task).ConfigureAwait(false);
        return task.IsCompleted;
    }
}
