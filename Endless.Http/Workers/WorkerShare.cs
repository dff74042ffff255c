namespace Endless.Http.Workers;

/// <summary>A call site's threads, and its work that waits for one. Under the pool's lock.</summary>
internal sealed class WorkerShare(BlockingSite site)
{
    /// <summary>Whose it is.</summary>
    public BlockingSite Site => site;

    /// <summary>Threads it has.</summary>
    public int Threads { get; set; }

    /// <summary>Work that waits for one, in the order in which it came.</summary>
    public Queue<IThreadPoolWorkItem> Waiting { get; } = new();
}
