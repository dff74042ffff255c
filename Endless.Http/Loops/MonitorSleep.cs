namespace Endless.Http.Loops;

/// <summary>The sleep of the thread that watches the loops (<see cref="LoopMonitor"/>), and how it is woken. Any thread wakes it; only its own sleeps.</summary>
internal sealed class MonitorSleep
{
    private readonly AutoResetEvent _awake = new(false); // not a SemaphoreSlim: it spins before it waits, often enough to be compiled again
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

    /// <summary>Falls asleep. Lost wake-up: a loop may wake before it sees this, so the caller looks at all loops now (<see cref="EventLoop.IsPolling"/>): the loop has the other fence.</summary>
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
