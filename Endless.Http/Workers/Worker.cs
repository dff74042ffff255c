namespace Endless.Http.Workers;

/// <summary>A thread of a <see cref="WorkerPool"/>.</summary>
internal sealed class Worker(Worker.IPool pool)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);

    // Which worker a thread is: identity of a thread, not state of the process.
    [ThreadStatic]
    private static Worker? _current;

    private readonly SemaphoreSlim _given = new(0);
    private IThreadPoolWorkItem? _work; // written by whoever took this worker off the idle list, read after _given

    /// <summary>The calling thread; null if it is none.</summary>
    public static Worker? Current => _current;

    /// <summary>It runs an event loop, or ran one until its callback was superseded. Of the calling thread's worker alone.</summary>
    public bool RunsLoop { get; set; }

    /// <summary>Whose thread it is, while it has work; null while it has none, or runs an event loop. Under the pool's lock.</summary>
    public WorkerShare? Share { get; set; }

    /// <summary>False if the system has no thread to give: its limit of threads, of memory or of descriptors.</summary>
    public bool TryStart()
    {
        try
        {
            // Background: a blocked handler must not keep a process alive whose servers have stopped.
            new Thread(Run) { IsBackground = true, Name = "endless worker" }.UnsafeStart();
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Has it do work. Only for whoever took it off the idle list.</summary>
    public void Give(IThreadPoolWorkItem work)
    {
        _work = work;
        _given.Release();
    }

    private void Run()
    {
        _current = this;
        for (var work = pool.NextFor(this, isFirst: true); ; work = pool.NextFor(this, isFirst: false))
        {
            if (work == null && (work = Wait()) == null) return;
            work.Execute();
        }
    }

    private IThreadPoolWorkItem? Wait()
    {
        // One to spare stays, asleep: an idle process has no wake-ups. Should others come to be idle beside it, one of them ends in its place.
        if (!_given.Wait(IdleTime))
        {
            if (pool.TryRetire(this)) return null;
            _given.Wait();
        }
        var work = _work!;
        _work = null;
        return work;
    }

    /// <summary>Who has workers, and work for them.</summary>
    internal interface IPool
    {
        /// <summary>The work for a worker that has been started, or is done with its last; null sends it to wait.</summary>
        IThreadPoolWorkItem? NextFor(Worker worker, bool isFirst);

        /// <summary>An idle worker wants to end. False if it was given work in the meantime, or is one to spare.</summary>
        bool TryRetire(Worker worker);
    }
}
