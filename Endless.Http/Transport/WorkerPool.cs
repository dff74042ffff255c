using System.Runtime.CompilerServices;

namespace Endless.Http.Transport;

/// <summary>
/// Threads for code that blocks: as many as are needed at once, up to a limit, the last used first, and each gone after a while without work.
/// </summary>
/// <remarks>
/// Not the runtime's thread pool: that one adds a thread or two a second once all are blocked, and everything else in the process waits
/// meanwhile. Thread-safe.
/// </remarks>
internal sealed class WorkerPool(int limit = WorkerPool.DefaultLimit)
{
    /// <summary>Threads at most; beyond it work waits for one to be free. Each costs its kernel stack and the touched part of its own: about 100 KiB.</summary>
    public const int DefaultLimit = 2_000;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);

    [ThreadStatic]
    private static bool _threadIsWorker;

    private readonly Lock _lock = new();
    private readonly List<Worker> _idle = [];     // the last used at the end
    private readonly Queue<IThreadPoolWorkItem> _waiting = new();
    private int _threads;

    /// <summary>Code that blocks does no harm on the calling thread: it is a worker, and not one that runs an event loop.</summary>
    public static bool IsWorkerThread => _threadIsWorker && !EventLoop.IsLoopThread;

    /// <summary>Threads there are now.</summary>
    public int Threads => Volatile.Read(ref _threads);

    /// <summary>Runs work on a worker. With <paramref name="beyondLimit"/> at once in any case: an event loop must not wait for those who block.</summary>
    public void Run(IThreadPoolWorkItem work, bool beyondLimit = false)
    {
        Worker? worker = null;
        lock (_lock)
        {
            if (_idle.Count > 0)
            {
                worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
            else if (_threads >= limit && !beyondLimit)
            {
                _waiting.Enqueue(work);
                return;
            }
            else
            {
                _threads++;
            }
        }
        if (worker != null) worker.Give(work);
        else StartWorker(work);
    }

    private void StartWorker(IThreadPoolWorkItem work)
    {
        try
        {
            new Worker(this).Start(work);
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread to give (its limit of threads, of memory or of descriptors). The work waits for a worker that there is.
            lock (_lock)
            {
                _threads--;
                _waiting.Enqueue(work);
            }
        }
    }

    /// <summary><c>await pool.SwitchTo()</c> goes on on a worker thread.</summary>
    public Switch SwitchTo() => new(this);

    /// <summary>The work for a worker that is done with its last; null sends it to wait.</summary>
    private IThreadPoolWorkItem? NextFor(Worker worker)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var work)) return work;
            _idle.Add(worker);
            return null;
        }
    }

    /// <summary>An idle worker wants to end. False if it was given work in the meantime.</summary>
    private bool Retire(Worker worker)
    {
        lock (_lock)
        {
            if (!_idle.Remove(worker)) return false;
            _threads--;
            return true;
        }
    }

    private sealed class Worker(WorkerPool pool)
    {
        private readonly SemaphoreSlim _given = new(0);
        private IThreadPoolWorkItem? _work;     // written by whoever took this worker off the idle list, read after _given

        public void Start(IThreadPoolWorkItem work)
        {
            // Background: a blocked handler must not keep a process alive whose servers have stopped.
            new Thread(() => Run(work)) { IsBackground = true, Name = "endless worker" }.UnsafeStart();
        }

        public void Give(IThreadPoolWorkItem work)
        {
            _work = work;
            _given.Release();
        }

        private void Run(IThreadPoolWorkItem work)
        {
            _threadIsWorker = true;
            while (true)
            {
                work.Execute();
                if (pool.NextFor(this) is { } next)
                {
                    work = next;
                    continue;
                }
                while (!_given.Wait(IdleTime))
                    if (pool.Retire(this)) return;
                work = _work!;
                _work = null;
            }
        }
    }

    /// <summary>Awaited to continue on a worker thread.</summary>
    public readonly struct Switch(WorkerPool pool) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => IsWorkerThread;

        public Switch GetAwaiter() => this;

        public void GetResult() { }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => pool.Run(new Continuation(continuation));
    }

    private sealed class Continuation(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
