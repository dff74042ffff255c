namespace Endless.Http.Loops;

/// <summary>The sleep of the thread that watches the loops (<see cref="LoopMonitor"/>), and how it is woken. Any thread wakes it; only its own sleeps.</summary>
internal sealed class MonitorSleep
{
    private readonly AutoResetEvent _awake = new(false); // not a SemaphoreSlim, which spins before it waits until its spinning is worth compiling anew
    private volatile bool _asleep;

    /// <summary>It is to sleep until something happens.</summary>
    public bool IsAsleep => _asleep;

    /// <summary>A loop has events again. Cheap when the monitor is awake anyway.</summary>
    public void WakeUp()
    {
        if (_asleep) Rouse();
    }

    /// <summary>There is something to look after at once.</summary>
    public void Rouse()
    {
        _asleep = false;
        _awake.Set();
    }

    /// <summary>Falls asleep. A loop that woke before it could see that is seen by the caller instead, who looks at all of them now (<see cref="EventLoop.IsPolling"/>): the loop has the other fence.</summary>
    public void Begin()
    {
        _asleep = true;
        Interlocked.MemoryBarrier();
    }

    /// <summary>It is awake.</summary>
    public void End() => _asleep = false;

    /// <summary>Waits to be roused, for so many milliseconds. False if it was not.</summary>
    public bool Wait(int milliseconds) => _awake.WaitOne(milliseconds);
}
