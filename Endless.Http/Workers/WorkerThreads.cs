namespace Endless.Http.Workers;

/// <summary>The threads of a <see cref="WorkerPool"/>: those that are idle, the last used first, those that are being started, and the ones among them that are kept or promised.</summary>
/// <remarks>Under the pool's lock.</remarks>
/// <param name="spares">Idle threads that are kept for event loops.</param>
internal sealed class WorkerThreads(int spares)
{
    private readonly List<Worker> _idle = []; // the last used at the end
    private int _promised; // threads, idle or being started, that are promised to loops
    private bool _isRefused; // the last thread could not be had

    /// <summary>Threads there are.</summary>
    public int Count { get; private set; }

    /// <summary>Of them, those that have not looked for work yet.</summary>
    public int Starting { get; private set; }

    /// <summary>The system has refused the last thread, and no more are idle than must be kept.</summary>
    public bool IsExhausted => _isRefused && !HasIdle;

    /// <summary>The system has refused the last thread.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>An idle thread may be taken for a handler.</summary>
    public bool HasIdle => Free > Kept;

    /// <summary>A thread that is not on the idle list may do a handler's work: enough others are kept.</summary>
    public bool IsEnoughKept => Free >= Kept;

    private int Free => _idle.Count - _promised;

    /// <summary>One is better than none for the handlers, where the system gives no more.</summary>
    private int Kept => _isRefused ? Math.Min(spares, 1) : spares;

    /// <summary>There are fewer than are kept and this much work needs.</summary>
    public bool AreMissing(int work) => Free + Starting < spares + work;

    /// <summary>A loop is to have a thread. False if one must be started for it.</summary>
    public bool Promise()
    {
        _promised++;
        return Free >= 0;
    }

    /// <summary>A promise is kept, or taken back.</summary>
    public void EndPromise() => _promised--;

    /// <summary>Null if none is idle.</summary>
    public Worker? TakeIdle()
    {
        if (_idle.Count == 0) return null;
        var worker = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        return worker;
    }

    public void AddIdle(Worker worker) => _idle.Add(worker);

    /// <summary>False if it was given work in the meantime, or is one to spare.</summary>
    public bool TryRetire(Worker worker)
    {
        if (Free <= spares || !_idle.Remove(worker)) return false;
        Count--;
        return true;
    }

    /// <summary>A thread is about to be asked for.</summary>
    public void Begin()
    {
        Count++;
        Starting++;
    }

    /// <summary>The system has given the thread, or refused it.</summary>
    public void End(bool isStarted)
    {
        _isRefused = !isStarted;
        if (isStarted) return;
        Count--;
        Starting--;
    }

    /// <summary>A thread that has been started looks for work.</summary>
    public void Arrive() => Starting--;
}
