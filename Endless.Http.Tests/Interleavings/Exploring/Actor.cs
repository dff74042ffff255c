namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>One thread of a run, as the explorer sees it: it goes on when it is given its turn, and gives the turn away only at a point.</summary>
internal sealed class Actor(Execution execution, int id, string name, Action work, bool isDaemon)
{
    // Identity of a thread, not state of the process.
    [ThreadStatic]
    private static Actor? _current;

    private ActorThread? _thread;
    private volatile bool _hasEnded;

    /// <summary>The actor that the calling thread is.</summary>
    public static Actor? Current { get => _current; set => _current = value; }

    public Execution Execution => execution;

    /// <summary>The order in which the actors of a run were made.</summary>
    public int Id => id;

    public string Name => name;

    /// <summary>A run may end while it still waits: an event loop.</summary>
    public bool IsDaemon => isDaemon;

    /// <summary>Sets a run up, or looks at its end: its points offer nothing.</summary>
    public bool IsAlone { get; init; }

    /// <summary>It has begun, so a thread is to be brought to its end.</summary>
    public bool IsStarted => _thread != null;

    public bool IsDone { get; private set; }

    /// <summary>Its thread does nothing of the run any more.</summary>
    public bool HasEnded { get => _hasEnded; set => _hasEnded = value; }

    /// <summary>The point that it stands before: what it does next when it is given its turn.</summary>
    public int Point { get; set; } = -1;

    /// <summary>The lock or the like that it waits for; null if it can go on.</summary>
    public object? Awaited { get; set; }

    /// <summary>What must be true for it to go on, in place of <see cref="Awaited"/>.</summary>
    public Func<bool>? Until { get; set; }

    /// <summary>It waits for no more than that others had their turn.</summary>
    public bool Spins { get; set; }

    /// <summary>When it goes on in any case, in milliseconds of the run's clock.</summary>
    public long WakesAt { get; set; } = long.MaxValue;

    public bool CanGoOn => !IsDone && Awaited == null && (Until == null || Until() || WakesAt <= execution.Now);

    /// <summary>Locks it holds by a scope, innermost last.</summary>
    public Stack<Lock> Scopes { get; } = new();

    /// <summary>Gives it the turn; the caller then waits for its own, or is done.</summary>
    public void Go()
    {
        if (_thread != null)
        {
            _thread.Release();
            return;
        }
        _thread = ActorThread.Take();
        _thread.Begin(this);
    }

    /// <summary>Waits for the turn. On its own thread.</summary>
    public void AwaitTurn() => _thread!.Wait();

    /// <summary>Does its work, on its own thread. True if the thread may be used again.</summary>
    public bool Run()
    {
        _current = this;
        SynchronizationContext.SetSynchronizationContext(ActorContext.Instance);
        var isWhole = true;
        try
        {
            execution.OnBegun();
            work();
        }
        catch (Unwound)
        {
            isWhole = false;
        }
        catch (Exception exception)
        {
            isWhole = false;
            execution.Note($"{name} threw {exception}");
        }
        IsDone = true;
        _current = null;
        execution.OnEnded(this);
        return isWhole;
    }
}
