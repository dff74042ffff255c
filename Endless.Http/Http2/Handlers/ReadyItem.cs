using Endless.Http.Connections;
using Endless.Http.Workers;

namespace Endless.Http.Http2;

/// <summary>Something to run outside the connection's gate.</summary>
/// <param name="Action">What.</param>
/// <param name="State">Its argument.</param>
/// <param name="Site">The application code that it runs; null if there is none.</param>
internal readonly record struct ReadyItem(Action<object?> Action, object? State, BlockingSite? Site)
{
    /// <summary>Runs it: here, or on a worker if it is code that is known to block.</summary>
    public void Run(Connection transport)
    {
        if (Site is { Blocks: true }) transport.Resume(new Resumed(this, transport), Site);
        else RunHere(transport);
    }

    /// <summary>A stall of the loop meanwhile is put down to the code.</summary>
    private void RunHere(Connection transport)
    {
        if (Site == null)
        {
            Action(State);
            return;
        }
        transport.ActiveSite = Site;
        Action(State);
        transport.ActiveSite = null;
    }

    private sealed class Resumed(ReadyItem item, Connection transport) : IThreadPoolWorkItem
    {
        // On a worker no stall is put down to code, and the loop may be in another stream's code.
        public void Execute()
        {
            if (WorkerPool.IsWorkerThread) item.Action(item.State);
            else item.RunHere(transport);
        }
    }
}
