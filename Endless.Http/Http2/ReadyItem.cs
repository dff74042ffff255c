using Endless.Http.Transport;

namespace Endless.Http.Http2;

/// <summary>Something to run outside the connection's gate.</summary>
/// <param name="Action">What.</param>
/// <param name="State">Its argument.</param>
/// <param name="Site">The application code that goes on by it; null if it is none.</param>
internal readonly record struct ReadyItem(Action<object?> Action, object? State, CallSite? Site)
{
    /// <summary>Runs it: here, or on a worker if it is code that is known to block. A stall of the loop meanwhile is put down to it.</summary>
    public void Run(Connection transport)
    {
        if (Site is { Blocks: true } && transport.Workers is { } workers)
        {
            workers.Run(new OnWorker(this), Site);
            return;
        }
        if (Site != null) transport.ActiveSite = Site;
        Action(State);
        if (Site != null) transport.ActiveSite = null;
    }

    private sealed class OnWorker(ReadyItem item) : IThreadPoolWorkItem
    {
        public void Execute() => item.Action(item.State);
    }
}
