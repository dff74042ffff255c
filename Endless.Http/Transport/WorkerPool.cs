namespace Endless.Http.Transport;

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
internal sealed class WorkerPool(int limit, int spares, Action missing)
{
    /// <summary>Threads that <see cref="Tend"/> starts before it returns: there may be something else to look after.</summary>
    private const int StartsAtOnce = 16;

    /// <summary>After the system has refused a thread: milliseconds.</summary>
    private const long RetryTime = 100;

    private readonly Lock _lock = new();
    private readonly List<Worker> _idle = []; // the last used at the end
    private readonly WorkerShares _shares = new(limit);
    private readonly Queue<(ResumedWork Work, CallSite Site)> _resumed = new(); // waits for threads that are about to be started
    private readonly Queue<IThreadPoolWorkItem> _turns = new(); // of loops: for each there is a promise
    private int _threads;
    private int _starting; // of them, those that have not looked for work yet
    private int _promised; // idle threads, or threads that are being started, that loops are to have
    private bool _isRefused; // the last thread could not be had
    private long _retryAt;

    /// <summary>Code that blocks does no harm on the calling thread: it is a worker, and not one that runs an event loop.</summary>
    public static bool IsWorkerThread => Worker.Current != null && !EventLoop.IsLoopThread;

    /// <summary>Threads there are now.</summary>
    public int Threads
    {
        get
        {
            lock (_lock) return _threads;
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

    private int Free => _idle.Count - _promised;

    /// <summary>One is better than none for the handlers, where the system gives no more.</summary>
    private int Spares => _isRefused ? Math.Min(spares, 1) : spares;

    private bool IsMissing => Free + _starting < spares + _shares.Waiting + _resumed.Count;

    /// <summary>Runs work on a worker, as soon as there is one for its site.</summary>
    public void Run(IThreadPoolWorkItem work, CallSite? site)
    {
        Worker? worker = null;
        bool isMissing;
        lock (_lock)
        {
            if (Free > Spares && _shares.TryEnter(site) is { } share) (worker = TakeIdle()).Share = share;
            else _shares.Wait(site, work);
            isMissing = IsMissing;
        }
        worker?.Give(work);
        if (isMissing) missing();
    }

    /// <summary>Runs what goes on, as <see cref="Run"/> does. False if there is no thread for it, nor one to come soon: then it is the caller's.</summary>
    public bool TryRun(ResumedWork work, CallSite site)
    {
        Worker? worker = null;
        lock (_lock)
        {
            if (_isRefused && Free <= Spares) return false;
            if (_shares.TryEnter(site) is not { } share) return false;
            if (Free > Spares)
            {
                (worker = TakeIdle()).Share = share;
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

    /// <summary><c>await pool.SwitchTo(site)</c> goes on on a worker thread.</summary>
    public WorkerSwitch SwitchTo(CallSite? site) => new(this, site);

    /// <summary>Promises a loop a thread, for <see cref="RunTurn"/>. False if there is none to be had.</summary>
    public bool TryPromise()
    {
        lock (_lock)
        {
            _promised++;
            if (Free >= 0) return true;
            _threads++;
            _starting++;
        }
        // The caller may sleep here: it is about to block, or the monitor, or a program that starts.
        if (TryStart()) return true;
        lock (_lock) _promised--;
        return false;
    }

    /// <summary>
    /// As <see cref="TryPromise"/>, for a loop that leaves its thread in code that blocks. That thread counts among its site's until <see cref="Return"/>. Null if there is no other for the loop, or if the site has as
    /// many as it may.
    /// </summary>
    public WorkerShare? TryLeave(CallSite? site, bool isForced)
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
        lock (_lock)
        {
            _promised--;
            _shares.Leave(share);
        }
    }

    /// <summary>A thread that a loop had left is no longer in code that blocks.</summary>
    public void Return(WorkerShare share)
    {
        lock (_lock) _shares.Leave(share);
    }

    /// <summary>Runs a loop's turn on the thread that was promised.</summary>
    public void RunTurn(IThreadPoolWorkItem turn)
    {
        Worker worker;
        bool isMissing;
        lock (_lock)
        {
            if (_idle.Count == 0)
            {
                _turns.Enqueue(turn); // the thread is being started
                return;
            }
            _promised--;
            worker = TakeIdle();
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
        // Either they have a thread each, which is on its way to them, or there are no more to be had.
        List<ResumedWork>? left = null;
        lock (_lock)
        {
            while (_resumed.Count > _starting) (left ??= []).Add(_resumed.Dequeue().Work);
        }
        left?.ForEach(static work => work.ReturnToLoop());
        return false;
    }

    private bool StartMissing(long now)
    {
        for (var i = 0; i < StartsAtOnce; i++)
        {
            lock (_lock)
            {
                if (!IsMissing || (_isRefused && now < _retryAt)) return false;
                _threads++;
                _starting++;
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
        lock (_lock)
        {
            _isRefused = !isStarted;
            if (isStarted) return true;
            _threads--;
            _starting--;
        }
        return false;
    }

    /// <summary>The work for a worker that has been started, or is done with its last; null sends it to wait.</summary>
    internal IThreadPoolWorkItem? NextFor(Worker worker, bool isFirst)
    {
        lock (_lock)
        {
            if (isFirst) _starting--;
            if (worker.Share is { } left)
            {
                worker.Share = null;
                _shares.Leave(left);
            }
            if (_turns.TryDequeue(out var turn))
            {
                _promised--;
                return turn;
            }
            if (Free >= Spares && Next(out var share) is { } work)
            {
                worker.Share = share;
                return work;
            }
            _idle.Add(worker);
            return null;
        }
    }

    private IThreadPoolWorkItem? Next(out WorkerShare? share)
    {
        while (_resumed.TryDequeue(out var resumed))
        {
            share = _shares.TryEnter(resumed.Site, isForced: true);
            if (share != null) return resumed.Work;
            resumed.Work.ReturnToLoop();
        }
        return _shares.Next(out share);
    }

    /// <summary>An idle worker wants to end. False if it was given work in the meantime, or is one to spare.</summary>
    internal bool TryRetire(Worker worker)
    {
        lock (_lock)
        {
            if (Free <= spares || !_idle.Remove(worker)) return false;
            _threads--;
            return true;
        }
    }

    private Worker TakeIdle()
    {
        var worker = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        return worker;
    }
}
