namespace Endless.Http.Workers;

/// <summary>
/// Who has how many of a pool's threads. A site may have three times as many as are left to others: one alone gets three quarters, the next three quarters of the rest. So a route whose handlers wait, for a database
/// or for clients that do not read, takes what others do not need and never the last. (Dynamic thresholds, as switches share their memory among ports.)
/// </summary>
/// <remarks>Under the pool's lock.</remarks>
/// <param name="limit">Threads at most.</param>
internal sealed class WorkerShares(int limit)
{
    private const int Greed = 3;

    private readonly BlockingSite _nobody = new(); // for work of no application code

    private readonly Dictionary<BlockingSite, WorkerShare> _shares = [];
    private readonly Queue<WorkerShare> _waiting = new(); // those with work that waits, each in turn

    /// <summary>Threads taken.</summary>
    public int Busy { get; private set; }

    /// <summary>Work that waits, and could be done if there were threads for it.</summary>
    public int Waiting
    {
        get
        {
            if (_waiting.Count == 0) return 0;
            var waiting = 0;
            foreach (var share in _waiting)
                if (MayHaveMore(share)) waiting += share.Waiting.Count;
            return Math.Min(waiting, limit - Busy);
        }
    }

    /// <summary>Takes a thread for a site; null if it has as many as it may, or has work that waits already.</summary>
    /// <param name="site">Whose it is to be; null for nobody's.</param>
    /// <param name="isForced">The thread is blocked already: up to twice the limit.</param>
    public WorkerShare? TryEnter(BlockingSite? site, bool isForced = false)
    {
        if (Busy >= (isForced ? 2L * limit : limit)) return null;
        var share = Of(site);
        if (!isForced && (share.Waiting.Count > 0 || !MayHaveMore(share))) return null;
        share.Threads++;
        Busy++;
        return share;
    }

    /// <summary>A thread is given back.</summary>
    public void Leave(WorkerShare share)
    {
        share.Threads--;
        Busy--;
        if (share.Threads == 0 && share.Waiting.Count == 0) _shares.Remove(share.Site);
    }

    /// <summary>Work waits for a thread.</summary>
    public void Wait(BlockingSite? site, IThreadPoolWorkItem work)
    {
        var share = Of(site);
        share.Waiting.Enqueue(work);
        if (share.Waiting.Count == 1) _waiting.Enqueue(share);
    }

    /// <summary>Work that waits, with a thread taken for it; null if there is none that may have one.</summary>
    public IThreadPoolWorkItem? Next(out WorkerShare? share)
    {
        for (var i = _waiting.Count; i > 0 && Busy < limit; i--)
        {
            share = _waiting.Dequeue();
            if (!MayHaveMore(share))
            {
                _waiting.Enqueue(share);
                continue;
            }
            var work = share.Waiting.Dequeue();
            if (share.Waiting.Count > 0) _waiting.Enqueue(share);
            share.Threads++;
            Busy++;
            return work;
        }
        share = null;
        return null;
    }

    /// <summary>Starvation: one thread in any case, however many the other sites have.</summary>
    private bool MayHaveMore(WorkerShare share) => share.Threads < Math.Max(1, Greed * (limit - Busy));

    private WorkerShare Of(BlockingSite? site)
    {
        site ??= _nobody;
        return _shares.TryGetValue(site, out var share) ? share : _shares[site] = new WorkerShare(site);
    }
}
