namespace Endless.Http.Workers;

/// <summary>
/// Threads for code that blocks: as many as are needed at once, up to a limit, the last used first, and each gone after a while without work. A call site has its share of them, and its own queue.
/// </summary>
/// <remarks>
/// <para>Not the runtime's thread pool: that one adds a thread or two a second once all are blocked, and everything else in the process waits meanwhile.</para>
/// <para>Event loops run on its threads too, and a loop that must leave a blocked thread finds another at once: <paramref name="spares"/> idle ones are kept for that, made beforehand, since the system may refuse
/// a thread then. They are made by one thread (<see cref="Tend"/>, the monitor's): a loop that started one slept for milliseconds on a busy machine, which looked like a handler that blocks.</para>
/// <para>Thread-safe: all state is under the lock, and a worker that was taken off the idle list is its taker's alone.</para>
/// </remarks>
/// <param name="limit">Threads that may be in code that blocks: those with work, and those that were left behind by a loop.</param>
/// <param name="spares">Idle threads that are kept for event loops.</param>
/// <param name="missing">Told when there are too few threads, so that <see cref="Tend"/> is called soon. Any thread.</param>
internal sealed class WorkerPool(int limit, int spares, Action missing) : Worker.IPool
{
    /// <summary>Threads that <see cref="Tend"/> starts before it returns: there may be something else to look after.</summary>
    private const int StartsAtOnce = 16;

    /// <summary>After the system has refused a thread: milliseconds.</summary>
    private const long RetryTime = 100;

    private readonly Lock _lock = new();
    private readonly WorkerThreads _threads = new(spares);
    private readonly WorkerShares _shares = new(limit);
    private readonly Queue<(IReturnableWork Work, BlockingSite Site)> _resumed = new(); // waits for threads that are about to be started
    private readonly Queue<IThreadPoolWorkItem> _turns = new(); // of loops: for each there is a promise
    private long _retryAt;

    /// <summary>Code that blocks does no harm on the calling thread: it is a worker, and not one that runs an event loop.</summary>
    public static bool IsWorkerThread => Worker.Current is { RunsLoop: false };

    /// <summary>Threads there are now.</summary>
    public int Threads
    {
        get
        {
            lock (_lock) return _threads.Count;
        }
    }

    /// <summary>Threads in code that blocks or may block.</summary>
    public int Busy
    {
        get
        {
            lock (_lock) return _shares.Busy;
        }
    }

    /// <summary>Threads that may be in code that blocks.</summary>
    public int Limit => limit;

    /// <summary>There is work for threads that the system has refused, or loops have none to spare.</summary>
    public bool IsShort
    {
        get
        {
            lock (_lock) return IsMissing;
        }
    }

    private bool IsMissing => _threads.AreMissing(_shares.Waiting + _resumed.Count);

    /// <summary>Runs work on a worker, as soon as there is one for its site.</summary>
    public void Run(IThreadPoolWorkItem work, BlockingSite? site)
    {
        Worker? worker = null;
        bool isMissing;
        lock (_lock)
        {
            if (_threads.HasIdle && _shares.TryEnter(site) is { } share) (worker = _threads.TakeIdle()!).Share = share;
            else _shares.Wait(site, work);
            isMissing = IsMissing;
        }
        worker?.Give(work);
        if (isMissing) missing();
    }

    /// <summary>Runs work that resumes, as <see cref="Run"/> does. False if no thread is there or comes soon: the caller keeps it.</summary>
    public bool TryRun(IReturnableWork work, BlockingSite site)
    {
        Worker? worker = null;
        lock (_lock)
        {
            if (_threads.IsExhausted) return false;
            if (_shares.TryEnter(site) is not { } share) return false;
            if (_threads.HasIdle)
            {
                (worker = _threads.TakeIdle()!).Share = share;
            }
            else
            {
                _shares.Leave(share);
                _resumed.Enqueue((work, site));
            }
        }
        if (worker != null) worker.Give(work);
        else missing();
        return true;
    }

    /// <summary>Promises a loop a thread, for <see cref="RunTurn"/>. False if there is none to be had.</summary>
    public bool TryPromise()
    {
        lock (_lock)
        {
            if (_threads.Promise()) return true;
            _threads.Begin();
        }
        // The caller may sleep here: it is about to block, or the monitor, or a program that starts.
        if (TryStart()) return true;
        lock (_lock) _threads.EndPromise();
        return false;
    }

    /// <summary>
    /// As <see cref="TryPromise"/>, for a loop that leaves its thread in code that blocks. That thread counts among its site's until <see cref="Return"/>. Null if there is no other for the loop, or if the site has as
    /// many as it may.
    /// </summary>
    public WorkerShare? TryLeave(BlockingSite? site, bool isForced)
    {
        WorkerShare? share;
        lock (_lock) share = _shares.TryEnter(site, isForced);
        if (share == null || TryPromise()) return share;
        Return(share);
        return null;
    }

    /// <summary>The loop did not leave its thread after all.</summary>
    public void TakeBack(WorkerShare share)
    {
        lock (_lock) _threads.EndPromise();
        Return(share);
    }

    /// <summary>A thread that a loop had left is no longer in code that blocks.</summary>
    public void Return(WorkerShare share)
    {
        bool isMissing;
        lock (_lock)
        {
            _shares.Leave(share);
            isMissing = Distribute();
        }
        if (isMissing) missing();
    }

    /// <summary>Runs a loop's turn on the thread that was promised.</summary>
    public void RunTurn(IThreadPoolWorkItem turn)
    {
        Worker? worker;
        bool isMissing;
        lock (_lock)
        {
            worker = _threads.TakeIdle();
            if (worker == null)
            {
                _turns.Enqueue(turn); // the thread is being started
                return;
            }
            _threads.EndPromise();
            isMissing = IsMissing;
        }
        worker.Give(turn);
        if (isMissing) missing();
    }

    /// <summary>Starts threads that are missing. True if there are more to start. One thread at a time.</summary>
    public bool Tend(long now)
    {
        var isMissing = StartMissing(now);
        if (isMissing) return true;
        // Resumed work beyond the threads being started goes back: no more threads can be had.
        List<IReturnableWork>? left = null;
        lock (_lock)
        {
            while (_resumed.Count > _threads.Starting) (left ??= []).Add(_resumed.Dequeue().Work);
        }
        left?.ForEach(static work => work.Return());
        return false;
    }

    private bool StartMissing(long now)
    {
        lock (_lock) Distribute();
        for (var i = 0; i < StartsAtOnce; i++)
        {
            lock (_lock)
            {
                if (!IsMissing || (_threads.IsRefused && now < _retryAt)) return false;
                _threads.Begin();
            }
            if (TryStart()) continue;
            lock (_lock) _retryAt = now + RetryTime;
            return false;
        }
        return true;
    }

    private bool TryStart()
    {
        var isStarted = new Worker(this).TryStart();
        lock (_lock) _threads.End(isStarted);
        return isStarted;
    }

    /// <inheritdoc/>
    public IThreadPoolWorkItem? NextFor(Worker worker, bool isFirst)
    {
        bool isMissing;
        lock (_lock)
        {
            if (isFirst) _threads.Arrive();
            if (worker.Share is { } left)
            {
                worker.Share = null;
                _shares.Leave(left);
            }
            if (_turns.TryDequeue(out var turn))
            {
                _threads.EndPromise();
                return turn;
            }
            if (_threads.IsEnoughKept && Next(out var share) is { } work)
            {
                worker.Share = share;
                return work;
            }
            _threads.AddIdle(worker);
            // Starvation: this worker is kept for the loops; if no more threads come, the work that waits would wait for ever.
            isMissing = Distribute();
        }
        if (isMissing) missing();
        return null;
    }

    /// <summary>Gives work that may now be done to the threads that are idle. True if there are too few. Under the lock: a worker comes back for it only when it is done.</summary>
    private bool Distribute()
    {
        while (_threads.HasIdle && Next(out var share) is { } work)
        {
            var worker = _threads.TakeIdle()!;
            worker.Share = share;
            worker.Give(work);
        }
        return IsMissing;
    }

    private IThreadPoolWorkItem? Next(out WorkerShare? share)
    {
        while (_resumed.TryDequeue(out var resumed))
        {
            share = _shares.TryEnter(resumed.Site, isForced: true);
            if (share != null) return resumed.Work;
            resumed.Work.Return();
        }
        return _shares.Next(out share);
    }

    /// <inheritdoc/>
    public bool TryRetire(Worker worker)
    {
        lock (_lock) return _threads.TryRetire(worker);
    }
}
