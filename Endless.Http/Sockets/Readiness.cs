namespace Endless.Http.Sockets;

/// <summary>
/// Whether one direction of a socket may be ready, and whether a flow waits for that: the meeting point of the flow, which makes the
/// system calls, and the loop, which hears epoll's edges.
/// </summary>
/// <remarks>
/// Four states, changed by compare-and-swap only. <c>Idle</c>: the last call found the socket drained and no edge came since.
/// <c>Ready</c>: an edge came (or nobody has looked yet), so a call is worth making. <c>Waiting</c>: the flow sleeps; whoever takes the
/// state from Waiting to Ready has claimed the flow, alone, and must resume it. <c>Borrowed</c>: the flow sleeps on while somebody does
/// something in its place, alone, who hears when giving it back of an edge that came meanwhile. The flow enters Idle <em>before</em> its system call, so
/// that an edge during the call is never lost. Because edges only move the state, an event of a flow that is running on another
/// thread (a superseded loop thread, the thread pool) is harmless.
/// </remarks>
internal struct Readiness
{
    private const int Idle = 0;
    private const int Ready = 1;
    private const int Waiting = 2;
    private const int Borrowed = 3;

    private int _state;

    /// <summary>In the state of a socket that nobody has looked at.</summary>
    public static Readiness Initial => new() { _state = Ready };

    /// <summary>A call may find something.</summary>
    public bool IsReady => Volatile.Read(ref _state) == Ready;

    /// <summary>A flow sleeps.</summary>
    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>The flow is about to make its call: forget the edges up to now.</summary>
    public void BeforeCall()
    {
        // Mostly there are none to forget where a flow sends. One that comes after this look makes the state Ready, as it would after an exchange.
        if (Volatile.Read(ref _state) != Idle) Interlocked.Exchange(ref _state, Idle);
    }

    /// <summary>The call did not drain the socket: another is worth making without an edge.</summary>
    public void MarkReady() => Interlocked.Exchange(ref _state, Ready);

    /// <summary>The flow goes to sleep; false if an edge came first and it should look again.</summary>
    public bool TryWait() => Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle;

    /// <summary>The flow goes to sleep whatever came; the caller sees to it that <see cref="TryClaim"/> is called later.</summary>
    public void Wait() => Interlocked.Exchange(ref _state, Waiting);

    /// <summary>Claims a sleeping flow for a reason other than an edge. True if there was one: the caller resumes it.</summary>
    public bool TryClaim() => Interlocked.CompareExchange(ref _state, Ready, Waiting) == Waiting;

    /// <summary>Stands in for a sleeping flow, without waking it. True if there was one: the caller owes <see cref="TryGiveBack"/>.</summary>
    public bool TryBorrow() => Interlocked.CompareExchange(ref _state, Borrowed, Waiting) == Waiting;

    /// <summary>The flow sleeps on. False if an edge came meanwhile: then the caller has claimed it, and resumes it.</summary>
    public bool TryGiveBack() => Interlocked.CompareExchange(ref _state, Waiting, Borrowed) == Borrowed;

    /// <summary>An edge came. True if it claimed a sleeping flow: the caller resumes it.</summary>
    public bool Signal() => Volatile.Read(ref _state) != Ready && Interlocked.Exchange(ref _state, Ready) == Waiting;
}
