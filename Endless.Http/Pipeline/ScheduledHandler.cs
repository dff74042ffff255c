using Endless.Http.Connections;
using Endless.Http.Workers;

namespace Endless.Http.Pipeline;

/// <summary>
/// Calls a handler where its server's <see cref="SchedulingMode"/> says. With Auto that is the event loop until the handler is seen to block there, and from then on a
/// worker thread, so that it costs nobody else their turn. A server wraps its handler in one, a mux each of its routes: the innermost is what a stall is put down to, and
/// what is learnt of one route says nothing of the others.
/// </summary>
/// <param name="inner">The handler.</param>
/// <param name="sites">What is learnt of which requests.</param>
internal sealed class ScheduledHandler(IHandler inner, IBlockingSites sites) : IHandler
{
    /// <summary>All requests are for the same code.</summary>
    /// <param name="inner">The handler.</param>
    /// <param name="name">What the log calls it: a route's pattern; null for the server's own handler.</param>
    public ScheduledHandler(IHandler inner, string? name = null) : this(inner, new OneSite(new BlockingSite(name)))
    {
    }

    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (r.Scheduling != SchedulingMode.Auto) return r.Scheduling == SchedulingMode.Inline ? inner.ServeHttpAsync(w, r) : ServeOnThreadPoolAsync(w, r);
        if (r.Connection is not { } connection) return inner.ServeHttpAsync(w, r);
        var site = sites.SiteOf(r);
        if (site.Blocks && connection.Workers is { } workers) return ServeOnWorkerAsync(connection, workers, site, w, r);
        // Stays until the request is over: the handler goes on in the connection's callbacks too.
        connection.ActiveSite = r.Site = site;
        return inner.ServeHttpAsync(w, r);
    }

    private async Task ServeOnWorkerAsync(Connection connection, WorkerPool workers, BlockingSite site, ResponseWriter w, Request r)
    {
        // With the server's own site, a stall of the loop from here on would be put down to the server, and every route would go to a worker.
        connection.ActiveSite = r.Site = null;
        await new WorkerSwitch(workers, site);
        if (r.IsAbandoned) return; // while it waited: others wait for the thread
        r.Site = site;
        var call = WorkerCall.Begin();
        var task = inner.ServeHttpAsync(w, r);
        site.OnWorkerCall(call.IsQuick);
        await task.ConfigureAwait(false);
    }

    private async Task ServeOnThreadPoolAsync(ResponseWriter w, Request r)
    {
        if (!Thread.CurrentThread.IsThreadPoolThread) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await inner.ServeHttpAsync(w, r).ConfigureAwait(false);
    }

    private sealed class OneSite(BlockingSite site) : IBlockingSites
    {
        public BlockingSite SiteOf(Request request) => site;
    }
}
