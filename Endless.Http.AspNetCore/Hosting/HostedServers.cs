using Endless.Http.AspNetCore.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>The servers of one host, from its start to its end: they accept when it has started, and it stops when they do. Thread-safe; there is one start.</summary>
/// <param name="start">The host's.</param>
/// <param name="lifetime">What the application is told.</param>
/// <param name="generation">The generation that the servers are in.</param>
/// <param name="host">Stopped when a server fails.</param>
/// <param name="logger">For that.</param>
internal sealed class HostedServers(HostStart start, EndlessLifetime lifetime, HostedGeneration generation, IHostApplicationLifetime host, ILogger<EndlessServer> logger)
{
    /// <summary>For servers whose connections were closed to end.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(5);

    /// <summary>How often to look whether clients have left.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(10);

    private volatile IReadOnlyList<PlannedServer> _servers = [];

    /// <summary>
    /// Starts them. In the first generation completes when they accept. In a later one they do so when the host has started, so that it completes when they listen: the host goes on to its other services.
    /// </summary>
    /// <param name="servers">Made, and not started. Closed if one of them cannot.</param>
    /// <param name="listening">Called with the URL of each address, in their order.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    public async Task StartAsync(IReadOnlyList<PlannedServer> servers, Action<string> listening, CancellationToken cancellationToken)
    {
        if (generation.Current is { } current) StopSignals.Watch(current);
        _servers = servers;
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static all => ((HostedServers)all!).Close(), this);
            foreach (var planned in servers)
            {
                await StartAsync(planned, listening).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (Exception e)
        {
            Close();
            if (e is not OperationCanceledException) cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Stops them, and completes when their connections are done. When the token fires, what remains is closed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_servers.Count == 0) return;
        if (StopSignals.HasCome) generation.Current?.StopAsSignal();
        var ended = Task.WhenAll(_servers.Select(static planned => planned.Server.ShutdownAsync()));
        try
        {
            await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Close();
            await Task.WhenAny(ended, Task.Delay(LastMoment, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Closes them at once, in whatever state they are: the host has ended.</summary>
    public void Close()
    {
        // Where none has started yet, the exception that ends the process says more.
        if (_servers.Count > 0) start.Fail("its host ended before it had started");
        foreach (var planned in _servers) planned.Server.Close();
    }

    private async Task StartAsync(PlannedServer planned, Action<string> listening)
    {
        var server = planned.Server;
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = server.Addresses.Count;
        server.BeforeBegin += bound =>
        {
            listening(planned.UrlOf(bound));
            if (--left == 0) listens.TrySetResult();
        };
        var isLater = generation.Current is { Continues: true };
        if (isLater) server.BeforeReady = Both(server.BeforeReady, token => start.Started.WaitAsync(token));
        // The server ends after it: what the application changes while it is told still goes to the next generation.
        server.ShutdownInitiated = Both(server.ShutdownInitiated, _ => lifetime.LeaveAsync(isSuperseded: server.Life.Connections.HasSuccessor, ClientsLeftAsync));
        var serving = planned.ServeAsync();
        await Task.WhenAny(serving, isLater ? listens.Task : server.Life.Accepting).ConfigureAwait(false);
        if (serving.IsCompleted) await serving.ConfigureAwait(false);
        _ = WatchAsync(server, serving);
    }

    /// <summary>A server that ends by itself: what the application waited for before it was ready has refused, or there was an error.</summary>
    private async Task WatchAsync(EndlessServer server, Task serving)
    {
        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (start.Started.IsFaulted) return; // the host is ending
            logger.ServerFailed(e, server.Addr);
            Environment.ExitCode = 1;
        }
        host.StopApplication();
    }

    /// <summary>
    /// Completes when no client begins a request here any more, <c>DrainGrace</c> at the latest: connections that wait for one are with the next generation or closed, and HTTP/2's have answered to GOAWAY.
    /// </summary>
    private async Task ClientsLeftAsync(CancellationToken late)
    {
        while (!late.IsCancellationRequested && _servers.Any(static planned => planned.Server.Life.TakesRequests))
            await Task.Delay(LookPeriod, late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Func<CancellationToken, Task> Both(Func<CancellationToken, Task>? first, Func<CancellationToken, Task> second) =>
        first is null ? second : async token =>
        {
            await first(token).ConfigureAwait(false);
            await second(token).ConfigureAwait(false);
        };
}
