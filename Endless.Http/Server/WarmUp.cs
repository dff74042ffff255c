using Endless.Http.Logging;
using Endless.Http.Loops;
using Endless.Http.Semantics;
using Endless.Http.Serving;

namespace Endless.Http.Server;

/// <summary>What comes before a server may accept: the requests that it makes of itself, and the application's own checks.</summary>
internal static class WarmUp
{
    /// <summary>Asks for the targets, and then the application.</summary>
    /// <param name="server">The settings.</param>
    /// <param name="context">What the engines are to know of the server.</param>
    /// <param name="loops">Where the requests are served.</param>
    /// <param name="stopping">Completes when the server is told to stop.</param>
    internal static async Task RunAsync(EndlessServer server, ProtocolContext context, EventLoopGroup loops, Task stopping)
    {
        // A copy: what a handler adds meanwhile comes too late, and must not fail the start.
        foreach (var target in server.WarmUp.ToArray())
        {
            var status = await RehearsalClient.AskAsync(loops, context, target).ConfigureAwait(false);
            if (status is 0 or >= 400) server.Log.WarmUpFailed(target, status);
        }
        if (server.BeforeReady is not { } beforeReady) return;
        using var stopped = new CancellationTokenSource();
        _ = stopping.ContinueWith(static (_, source) => ((CancellationTokenSource)source!).Cancel(), stopped, stopped.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await beforeReady(stopped.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCompleted)
        {
            // It was told to leave off.
        }
    }
}
