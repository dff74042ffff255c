using System.Runtime.CompilerServices;
using Endless.Http.Connections;
using Endless.Http.Workers;

namespace Endless.Http.Http2;

/// <summary>
/// What is to run outside the connection's gate, and who runs it: handlers to start, and handlers to go on with because their body has arrived or their
/// data is sent. Its members are guarded by the gate but for those that run something.
/// </summary>
/// <remarks>
/// <para>A handler starts on the thread that read its request, so it may hold that thread for ever, or until the client sends something that only the
/// reading flow can read. Therefore, before the flow calls handlers, a watch is posted to its loop. If the handlers are done when it comes up it does
/// nothing. If they are not, the loop runs on another thread because this one is blocked: the watch becomes the reading flow, under a new turn, and the old
/// one ends when its handler returns and finds its turn over.</para>
/// <para>A handler that is known to block goes on on a worker.</para>
/// <para>What becomes ready outside the reading flow (a send is done, a handler gave up) is run by a watch too, beside that flow.</para>
/// </remarks>
internal sealed class ReadyQueue
{
    // In place of a turn: not the reading flow.
    private const int Beside = -1;

    // The queue whose items the thread runs: what they write is sent when they have all had their turn.
    [ThreadStatic]
    private static ReadyQueue? _threadRunning;

    // Under which turn it runs them.
    [ThreadStatic]
    private static int _threadTurn;

    private readonly Lock _gate;
    private readonly Connection _transport;
    private readonly Action _onWatch;
    private readonly Queue<ReadyItem> _items = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _yield; // of the watch
    private int _turn;              // of the reading flow
    private bool _inHandlers;       // the reading flow runs items
    private bool _isWatched;        // a watch is posted

    public ReadyQueue(Lock gate, Connection transport)
    {
        _gate = gate;
        _transport = transport;
        _onWatch = OnWatch;
    }

    /// <summary>Becomes the reading flow under a turn, after <see cref="Run"/> was taken over. Outside the gate.</summary>
    public required Func<int, Task> TakeOver { get; init; }

    /// <summary>Called after items were run elsewhere than in the reading flow. Outside the gate.</summary>
    public required Action RanBeside { get; init; }

    /// <summary>The reading flow takes in frames, and will run what they make ready.</summary>
    public bool IsReceiving { get; set; }

    /// <summary>The calling thread runs items, and will send what they write. False if an item blocked it, and another thread took over.</summary>
    public bool RunsHere => _threadRunning == this && (_threadTurn == Beside || Volatile.Read(ref _turn) == _threadTurn);

    /// <summary>The reading flow still has this turn.</summary>
    public bool IsCurrent(int turn) => _turn == turn;

    /// <summary>Adds something to run; somebody will.</summary>
    /// <param name="action">What.</param>
    /// <param name="state">Its argument.</param>
    /// <param name="site">The application code that it runs; null if there is none.</param>
    public void Add(Action<object?> action, object? state, BlockingSite? site = null)
    {
        _items.Enqueue(new ReadyItem(action, state, site));
        if (!IsReceiving) Watch();
    }

    /// <summary>Whether something that was added has yet to be run.</summary>
    public bool Holds(Action<object?> action, object? state)
    {
        foreach (var item in _items)
            if (item.Action == action && item.State == state) return true;
        return false;
    }

    /// <summary>Runs everything ready, as the reading flow. False if that was taken over meanwhile: then the caller leaves it.</summary>
    public bool Run(int turn)
    {
        lock (_gate)
        {
            if (turn != Beside && _turn != turn) return false;
            if (_items.Count == 0) return true;
            if (turn != Beside) _inHandlers = true;
        }
        var (outer, outerTurn) = (_threadRunning, _threadTurn);
        (_threadRunning, _threadTurn) = (this, turn);
        bool isMine;
        while (true)
        {
            ReadyItem item;
            lock (_gate)
            {
                isMine = turn == Beside || _turn == turn;
                if (!isMine || !_items.TryDequeue(out item))
                {
                    if (isMine && turn != Beside) _inHandlers = false;
                    break;
                }
                // If this item blocks the thread, another thread must run the rest, and read.
                if (turn != Beside || _items.Count > 0) Watch();
            }
            item.Run(_transport);
        }
        (_threadRunning, _threadTurn) = (outer, outerTurn);
        if (!isMine || turn == Beside) RanBeside();
        return isMine;
    }

    /// <summary>Runs everything ready, beside the reading flow or when that has ended.</summary>
    public void RunBeside() => Run(Beside);

    private void Watch()
    {
        if (_isWatched) return;
        _isWatched = true;
        _yield = _transport.YieldAsync().ConfigureAwait(false).GetAwaiter();
        // If the loop has gone on without this thread, the yield may be over already. The watch must still not run here: this is inside the gate, and on
        // the thread that it watches. An awaiter that completes only now goes to the thread pool by itself.
        if (_yield.IsCompleted) System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.OnWatch(), this, preferLocal: false);
        else _yield.UnsafeOnCompleted(_onWatch);
    }

    private void OnWatch()
    {
        var turn = Beside;
        lock (_gate)
        {
            _yield.GetResult();
            _isWatched = false;
            if (_inHandlers)
            {
                turn = ++_turn;
                _inHandlers = false;
            }
        }
        if (turn == Beside) RunBeside();
        else _ = TakeOver(turn);
    }
}
