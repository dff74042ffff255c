using Endless.Http.Native;
using Endless.Http.Workers;

namespace Endless.Http.Loops;

/// <summary>
/// One epoll instance and the thread that waits on it: it calls each ready connection's flow, which parses, calls the handler and writes right here.
/// </summary>
/// <remarks>
/// <para>A flow may block its thread, since application code runs in it. Then the loop leaves that thread behind: the loop's life is a
/// sequence of <em>turns</em>, each run by one thread, and a turn that is stuck in a callback is superseded by the next on a fresh
/// thread, which carries on with the rest of the batch. When the blocked thread comes back it finds its turn over and leaves without
/// touching the loop.</para>
/// <para>That is safe because of one word, <see cref="_turn"/>: the number of the turn, and whether it is inside a callback. Its runner
/// enters a callback with a plain write and leaves it with a compare-and-swap; others supersede a turn with a compare-and-swap too, and
/// only while it is inside. So exactly one thread runs the loop between callbacks, and only that one touches the fields of the batch.
/// A superseded callback goes on beside the loop; what it shares with the loop is made for that (<c>SocketWait</c>,
/// <see cref="EventSources"/>, the queue of posts).</para>
/// </remarks>
internal sealed class EventLoop : IPostTarget, IDisposable
{
    private const int BatchSize = 256;

    /// <summary>So much posted work does not wait for the end of the turn: a response waits for fifteen others at most.</summary>
    private const int MaxPosted = 16;

    /// <summary>Deadlines are looked at this often at most: milliseconds.</summary>
    private const long SweepInterval = 25;

    private const ulong WakeNumber = ulong.MaxValue;

    // Which loop, and which of its turns, the thread runs: identity of a thread, not state of the process.
    [ThreadStatic]
    private static EventLoop? _threadLoop;

    [ThreadStatic]
    private static int _threadTurn;

    private readonly EpollEvents _events = new(BatchSize);
    private readonly EventSources _sources = new();
    private readonly PostedWork _posted = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly LoopClock _clock = new();
    private OwnedDescriptor _epoll; // descriptor reuse: closed by the thread that ends the loop, the only one that waits on it; late calls, as from a blocked handler, fail
    private OwnedDescriptor _wake;
    private long _nextDeadline = IEventSource.NoDeadline;
    private int _turn;              // number of the turn << 1 | inside a callback
    private int _callbacks;         // counts callbacks, for the monitor
    private int _wakePending;
    private int _polling;           // asleep in epoll_wait, or about to be
    private volatile bool _stopping;
    private volatile object? _current;
    private Turn? _running;         // the present turn, or the one before it until that runs

    // Only the thread that runs the turn, outside of callbacks.
    private int _next;
    private int _count;
    private TurnPace _pace;
    private long _lastSweep;

    public EventLoop(LoopResources resources)
    {
        Resources = resources;
        var epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (epoll < 0) throw Errno.Exception("epoll_create1");
        _epoll = new OwnedDescriptor(epoll);
        var wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (wake < 0)
        {
            var failure = Errno.Exception("eventfd");
            _epoll.Close();
            throw failure;
        }
        _wake = new OwnedDescriptor(wake);
        _epoll.Watch(Libc.EPOLL_CTL_ADD, ref _wake, Libc.EPOLLIN, WakeNumber);
    }

    /// <summary>What it shares with the others of its group.</summary>
    public LoopResources Resources { get; }

    /// <summary>Callbacks taken from a blocked thread so far.</summary>
    public int Superseded => Volatile.Read(ref _turn) >> 1;

    /// <summary>The time by which peers are judged, in milliseconds.</summary>
    public long Now => _clock.Now;

    /// <inheritdoc cref="LoopClock.Turn"/>
    public long TurnTime => _clock.Turn;

    /// <summary>Connections and listeners watched.</summary>
    public int Sources => _sources.Count;

    /// <summary>Kernel thread id of the turn's runner.</summary>
    public int ThreadId { get; private set; }

    /// <summary>The source whose callback runs, while one does.</summary>
    public object? Current => _current;

    /// <summary>The loop sleeps until something happens.</summary>
    public bool IsPolling => Volatile.Read(ref _polling) != 0;

    /// <summary>Where the loop is, for the monitor: equal values at two looks, with <paramref name="inside"/>, mean one callback all the while.</summary>
    public long Position(out bool inside)
    {
        var turn = Volatile.Read(ref _turn);
        inside = (turn & 1) != 0;
        return (long)turn << 32 | (uint)Volatile.Read(ref _callbacks);
    }

    /// <summary>The callbacks begun until a <see cref="Position"/>, modulo 2^32.</summary>
    public static uint Callbacks(long position) => (uint)position;

    /// <summary>The application code that the callback is in; null if it is in none.</summary>
    public BlockingSite? CurrentSite => (_current as ICallbackOwner)?.ActiveSite;

    /// <summary>Begins the first turn.</summary>
    /// <exception cref="IOException">The system has no thread for it. The loop has ended then.</exception>
    public void Start()
    {
        if (!Resources.Workers.TryPromise())
        {
            End();
            throw new IOException($"the system has no thread for an event loop {ThreadShortage.Causes}");
        }
        Resources.Workers.RunTurn(new Turn(this, 0));
    }

    /// <summary>
    /// Watches a descriptor for a source. Any thread. <paramref name="number"/>, which <see cref="Watch"/> and <see cref="Remove"/> take, is
    /// written before the first event can come. False, with errno set, if epoll refused (out of memory, or over its limit of watches) or the descriptor is closed.
    /// </summary>
    public bool TryAdd(IEventSource source, ref OwnedDescriptor descriptor, uint mask, out ulong number)
    {
        number = _sources.Add(source);
        if (!_epoll.Watch(Libc.EPOLL_CTL_ADD, ref descriptor, mask, number))
        {
            _sources.Remove(number);
            return false;
        }
        NoteDeadline(source.Deadline);
        return true;
    }

    /// <summary>Changes the events a descriptor is watched for. Any thread.</summary>
    public void Watch(ulong number, ref OwnedDescriptor descriptor, uint mask) => _epoll.Watch(Libc.EPOLL_CTL_MOD, ref descriptor, mask, number);

    /// <summary>
    /// Stops watching a descriptor. Any thread. Calls epoll_ctl, as close(2) is not enough: a child between fork and exec, or the next
    /// generation, may hold the same open file, and epoll follows the file, not the descriptor.
    /// </summary>
    public void Remove(ulong number, ref OwnedDescriptor descriptor)
    {
        _sources.Remove(number);
        _epoll.Watch(Libc.EPOLL_CTL_DEL, ref descriptor, 0, 0);
    }

    /// <inheritdoc/>
    public void Post(IThreadPoolWorkItem work)
    {
        _posted.Add(work);
        if (!RunsHere) Wake();
    }

    /// <summary>Has <paramref name="work"/> run after what is ready now, if the calling thread runs the loop: by the next turn's thread, should this one block.</summary>
    public bool TryDefer(IThreadPoolWorkItem work)
    {
        if (!RunsHere) return false;
        _posted.Add(work);
        return true;
    }

    /// <summary>Goes on with application code that is known to block: on a worker, or here if there is none. On the loop.</summary>
    public void Resume(IThreadPoolWorkItem work, BlockingSite site, ICallbackOwner owner)
    {
        if (!Resources.Workers.TryRun(new ResumedWork(work, this, owner, site), site)) work.Execute();
    }

    /// <summary>Completes in the loop's next round: everything else on the loop has a turn before. Any thread.</summary>
    /// <param name="owner">Whose flow goes on afterwards; null if it is no connection's.</param>
    public ValueTask YieldAsync(ICallbackOwner? owner = null) => new LoopYield(this, owner).WaitAsync();

    /// <summary>Some source wants to be checked at <paramref name="deadline"/>. Any thread.</summary>
    public void NoteDeadline(long deadline)
    {
        var known = Volatile.Read(ref _nextDeadline);
        while (deadline < known)
        {
            var seen = Interlocked.CompareExchange(ref _nextDeadline, deadline, known);
            if (seen == known)
            {
                if (!RunsHere) Wake();
                return;
            }
            known = seen;
        }
    }

    /// <summary>
    /// Takes the loop away from the callback it is in, if it still is at <paramref name="position"/> and there is a thread to go on with. The callback goes on beside it. Any thread.
    /// </summary>
    /// <param name="position">Of <see cref="Position"/>.</param>
    /// <param name="isForced">Even beyond the share of the code that it is in: it did not ask before it blocked.</param>
    public bool Supersede(long position, bool isForced)
    {
        var turn = (int)(position >> 32);
        var next = ((turn >> 1) + 1) << 1;
        if ((turn & 1) == 0 || Volatile.Read(ref _turn) != turn) return false;
        var left = Volatile.Read(ref _running)!; // this turn, if it is still the present one below
        // First take the other thread: a loop without a thread would be lost.
        if (Resources.Workers.TryLeave(CurrentSite, isForced) is not { } share) return false;
        if (Interlocked.CompareExchange(ref _turn, next, turn) != turn)
        {
            Resources.Workers.TakeBack(share);
            return false;
        }
        left.OnLeft(share);
        Resources.Workers.RunTurn(new Turn(this, next >> 1));
        return true;
    }

    /// <summary>
    /// The calling thread is about to block. If it runs a loop, the loop goes on elsewhere. False if it may not block: there is no other thread for the loop, or the code that it is in
    /// has blocked as many threads as it may.
    /// </summary>
    public static bool TryLeaveThread()
    {
        if (_threadLoop is not { } loop) return true;
        var inside = _threadTurn << 1 | 1;
        if (!loop.Supersede((long)inside << 32, isForced: false) && Volatile.Read(ref loop._turn) == inside) return false;
        ForgetLoop();
        return true;
    }

    /// <summary>Ends the loop; its sources are left alone.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        Wake();
        // A loop disposed from its own callback cannot wait for itself.
        if (!RunsHere) _ended.Wait();
    }

    /// <summary>The calling thread runs a turn whose responses had better leave together, at its end.</summary>
    public bool SendsTogether => RunsHere && _pace.IsLong;

    /// <summary>The calling thread runs the present turn.</summary>
    private bool RunsHere => _threadLoop == this && Volatile.Read(ref _turn) >> 1 == _threadTurn;

    private unsafe void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) != 0) return;
        if (!_wake.TryEnter()) return;
        ulong one = 1;
        Libc.write(_wake.Number, &one, sizeof(ulong));
        _wake.Leave();
    }

    private unsafe void OnWake()
    {
        // Lost wake-up: read before the flag is cleared. A wake in between writes nothing, but its post is already in the queue, which is run next.
        ulong count;
        Libc.read(_wake.Number, &count, sizeof(ulong));
        Interlocked.Exchange(ref _wakePending, 0);
    }

    private void Run(Turn running)
    {
        var turn = running.Number;
        _threadLoop = this;
        _threadTurn = turn;
        Worker.Current?.RunsLoop = true;
        Volatile.Write(ref _running, running);
        ThreadId = Libc.gettid();
        // Lost wake-up: the batch may have read the wake-up for a post or the stop, so Poll comes after both.
        while (RunBatch(turn) && RunPosted(turn) && !_stopping) Poll();
        // Superseded, or stopping; in the latter case this thread is the one that ends the loop.
        if (_stopping && RunsHere) End();
        ForgetLoop();
    }

    private static void ForgetLoop()
    {
        _threadLoop = null;
        Worker.Current?.RunsLoop = false;
    }

    private bool RunBatch(int turn)
    {
        while (_next < _count)
        {
            var number = _events.Data(_next);
            var mask = _events.Mask(_next++);
            if (number == WakeNumber)
            {
                OnWake();
                continue;
            }
            if (_sources.Find(number) is not { } source) continue;
            Enter(turn, source);
            source.OnEvents(mask);
            if (!TryLeave(turn) || (_posted.Count >= MaxPosted && !RunPosted(turn))) return false;
        }
        return true;
    }

    private bool RunPosted(int turn)
    {
        // What a post posts waits for the next round: ready sockets come first.
        for (var budget = _posted.Count; budget > 0 && _posted.TryTake() is { } work; budget--)
        {
            Enter(turn, work);
            work.Execute();
            if (!TryLeave(turn)) return false;
        }
        return true;
    }

    private void Enter(int turn, object current)
    {
        _current = current;
        _callbacks++;
        Volatile.Write(ref _turn, turn << 1 | 1);
    }

    private bool TryLeave(int turn) => Interlocked.CompareExchange(ref _turn, turn << 1, turn << 1 | 1) == (turn << 1 | 1);

    private void Poll()
    {
        _next = 0;
        _pace.End();
        // The first look does not sleep: under load there is nearly always something, and it saves the garbage collector's transition.
        _count = _events.Wait(_epoll.Number, 0);
        _clock.Advance(planned: 0);
        if (_count == 0 && _posted.Count == 0)
        {
            _current = null;
            var timeout = Sweep();
            if (timeout == 0) return;
            Volatile.Write(ref _polling, 1);
            _count = _events.Wait(_epoll.Number, timeout);
            _clock.Advance(timeout);
            // Lost wake-up: a full fence between leaving the poll and looking at the monitor; the monitor has one between sleep and
            // looking at polls. At least one sees the other.
            Interlocked.Exchange(ref _polling, 0);
            Resources.MonitorSleep.WakeUp();
        }
        else if (_clock.Turn - _lastSweep >= SweepInterval)
        {
            Sweep();
        }
        _pace.Begin(_count);
    }

    /// <summary>Looks at the deadlines if one has passed. Milliseconds until the next look, -1 for none.</summary>
    private int Sweep()
    {
        var now = _clock.Turn;
        if (Volatile.Read(ref _nextDeadline) <= now && now - _lastSweep >= SweepInterval)
        {
            _lastSweep = now;
            // Reset first: a deadline noted by another thread during the walk is not overwritten.
            Interlocked.Exchange(ref _nextDeadline, IEventSource.NoDeadline);
            NoteDeadline(_sources.NextDeadline(now));
        }
        if (_posted.Count > 0) return 0;
        var next = Volatile.Read(ref _nextDeadline);
        if (next == IEventSource.NoDeadline) return -1;
        return (int)Math.Clamp(Math.Max(next, _lastSweep + SweepInterval) - now, 1, int.MaxValue);
    }

    private void End()
    {
        _wake.Close();
        _epoll.Close();
        _events.Dispose();
        _ended.Set();
    }

    private sealed class Turn(EventLoop loop, int number) : IThreadPoolWorkItem
    {
        private object? _end; // race of OnLeft and the turn's end: the share if OnLeft was first, this turn if the end was; the second of the two returns the share

        public int Number => number;

        /// <summary>The loop has left the turn's thread, which is in code that blocks.</summary>
        public void OnLeft(WorkerShare share)
        {
            if (Interlocked.CompareExchange(ref _end, share, null) != null) loop.Resources.Workers.Return(share);
        }

        public void Execute()
        {
            loop.Run(this);
            if (Interlocked.Exchange(ref _end, this) is WorkerShare share) loop.Resources.Workers.Return(share);
        }
    }
}
