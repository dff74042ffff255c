using System.Threading.Tasks.Sources;
using Endless.Http.Connections;

namespace Endless.Http.Sockets;

/// <summary>What a flow does on its socket in one direction, for <see cref="SocketWait{TResult}"/> to try again when there is reason to.</summary>
internal interface ISocketOperation<out TResult>
{
    /// <summary>Makes the system calls that can be made now. True if there is a result for the flow.</summary>
    bool TryComplete();

    /// <summary>The deadline has passed and there was nothing. False if the peer has more time: <see cref="SocketWait{TResult}.Deadline"/> is later then.</summary>
    bool IsLate(long now);

    /// <summary>The result, or what there is of it when the wait was canceled.</summary>
    TResult Result(bool canceled);
}

/// <summary>One direction's sleep: a flow waits here for an edge of epoll, a deadline or a cancel, without a thread and without an allocation.</summary>
/// <remarks>
/// The flow's thread starts a wait; from the moment <see cref="Readiness"/> says Waiting, whoever claims it owns the flow. Edges,
/// deadlines and posted checks all come from the connection's loop; other threads raise <see cref="_cancel"/> and post a check.
/// </remarks>
internal sealed class SocketWait<TResult>(SocketConnection connection, ISocketOperation<TResult> operation)
    : IValueTaskSource<TResult>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<TResult> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private Readiness _readiness = Readiness.Initial;
    private int _cancel;
    private bool _isUnattended;     // written by the flow before it sleeps, read by whoever has claimed it

    private const int Canceled = 1;
    private const int DeadlinePassed = 2;
    private const int RoomAsked = 3;

    /// <summary>When a wait gives up, in milliseconds of <see cref="Connection.Now"/>.</summary>
    public long Deadline { get; set; } = Connection.NoDeadline;

    /// <summary>The last wait gave up at <see cref="Deadline"/>.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>A flow sleeps here.</summary>
    public bool IsWaiting => _readiness.IsWaiting;

    /// <summary>A cancel came while nobody waited.</summary>
    public bool HasCancel => Volatile.Read(ref _cancel) != 0;

    /// <summary><see cref="AskForRoom"/> was called, and the flow has not looked yet.</summary>
    public bool IsAskedForRoom => Volatile.Read(ref _cancel) == RoomAsked;

    /// <summary>Edges of this direction.</summary>
    public ref Readiness Readiness => ref _readiness;

    /// <summary>Takes a cancel that came while nobody waited. Called as each operation begins.</summary>
    public bool TakeCancel()
    {
        var cancel = Volatile.Read(ref _cancel) is 0 or RoomAsked ? 0 : Interlocked.Exchange(ref _cancel, 0);
        TimedOut = cancel == DeadlinePassed;
        return cancel != 0;
    }

    /// <summary>Has the wait under way, or the next one, end as if its deadline had passed, if it is for a request and nothing has come. Any thread.</summary>
    public void AskForRoom()
    {
        if (Interlocked.CompareExchange(ref _cancel, RoomAsked, 0) == 0) connection.PostCheck();
    }

    /// <summary>Something came: the connection is not one of those that make room.</summary>
    public void ForgetRoom()
    {
        if (IsAskedForRoom) Interlocked.CompareExchange(ref _cancel, 0, RoomAsked);
    }

    /// <summary>
    /// Waits. With <paramref name="yield"/> the flow goes on in its loop's next turn even without an edge.
    /// </summary>
    public ValueTask<TResult> WaitAsync(bool yield, CancellationToken token)
    {
        _source.Reset();
        var task = new ValueTask<TResult>(this, _source.Version);
        if (token.CanBeCanceled)
        {
            _token = token;
            _registration = token.UnsafeRegister(static wait => ((SocketWait<TResult>)wait!).Cancel(), this);
        }
        if (yield) Yield();
        else if (!TrySleep(out var isLate)) Finish(isLate);
        return task;
    }

    /// <summary>
    /// Waits without a flow: when there is reason to, <see cref="SocketConnection.Run"/> is called, and finds what came of the wait by a read. False if there is something already, or
    /// the deadline has passed.
    /// With <paramref name="yield"/> as in <see cref="WaitAsync"/>.
    /// </summary>
    public bool TryWaitUnattended(bool yield)
    {
        _isUnattended = true;
        if (yield)
        {
            Yield();
            return true;
        }
        if (TrySleep(out var isLate)) return true;
        _isUnattended = false;
        if (isLate) TimedOut = Interlocked.Exchange(ref _cancel, 0) == DeadlinePassed;
        return false;
    }

    /// <summary>An edge of epoll. Called by the loop.</summary>
    public void OnEdge()
    {
        if (_readiness.Signal()) connection.Resume(this);
    }

    /// <summary>Looks at a sleeping flow: a cancel, a deadline that passed, or its next turn. Called by the loop.</summary>
    public void Check()
    {
        if (_readiness.TryClaim()) connection.Resume(this);
    }

    /// <summary>Stands in for a flow that sleeps unattended, if one does. <see cref="Return"/> is owed then.</summary>
    public bool TryBorrow()
    {
        if (!_readiness.TryBorrow()) return false;
        if (_isUnattended) return true;
        // Race: one that awaits its read may be writing on another thread.
        Return(wakes: false);
        return false;
    }

    /// <summary>The flow sleeps on, or wakes if there is reason to.</summary>
    /// <param name="wakes">There is.</param>
    public void Return(bool wakes)
    {
        if (wakes)
        {
            _readiness.MarkReady();
            _isUnattended = false;
            connection.Run();
        }
        else if (_readiness.TryGiveBack())
        {
            // Lost wake-up: as in TrySleep, for a sweep or a check that came while the flow was borrowed.
            connection.NoteDeadline(Deadline);
            if (Volatile.Read(ref _cancel) != 0) connection.PostCheck();
        }
        else
        {
            connection.Resume(this);
        }
    }

    /// <summary>Ends the wait under way, or the next one. Any thread.</summary>
    public void Cancel()
    {
        Interlocked.Exchange(ref _cancel, Canceled);
        connection.PostCheck();
    }

    /// <summary>Goes on with a claimed flow, on the loop or on a worker.</summary>
    public void Execute()
    {
        if (Volatile.Read(ref _cancel) is not (0 or RoomAsked)) Finish(canceled: true);
        else if (operation.TryComplete()) Finish(canceled: false);
        else if (TryMakeRoom()) Finish(canceled: true);
        else if (!TrySleep(out var isLate)) Finish(isLate);
    }

    /// <summary>Nothing has come: gives the connection up if it was asked to make room, and is still one that may.</summary>
    /// <remarks>The flow is claimed, so that it stands still: here alone it is certain that no request is under way.</remarks>
    private bool TryMakeRoom()
    {
        if (!IsAskedForRoom) return false;
        var mayEnd = connection.MayMakeRoom;
        if (Interlocked.CompareExchange(ref _cancel, mayEnd ? DeadlinePassed : 0, RoomAsked) != RoomAsked || !mayEnd) return false;
        connection.OnMakingRoom();
        return true;
    }

    /// <summary>Sleeps until the loop's next turn.</summary>
    private void Yield()
    {
        _readiness.Wait();
        connection.PostCheck();
    }

    /// <summary>Sleeps until there is news. False, and the flow is awake, if there is some already, or the deadline has passed.</summary>
    /// <remarks>
    /// The one place where the peer is judged: the deadline has passed and a call on the socket, made after that, finds nothing. What had come by then is taken, however late it is
    /// read; and a byte now and then does not put the deadline off, since the flow comes here before each wait. By the time of the turn and not by the clock: a process
    /// that was stopped since then does not know it yet, and looks again in the next turn.
    /// </remarks>
    private bool TrySleep(out bool isLate)
    {
        isLate = false;
        if (connection.TurnTime >= Deadline)
        {
            if (operation.TryComplete()) return false;
            if (operation.IsLate(connection.TurnTime))
            {
                isLate = true;
                Interlocked.CompareExchange(ref _cancel, DeadlinePassed, 0);
                return false;
            }
        }
        while (!_readiness.TryWait())
            if (operation.TryComplete()) return false;
        // Race: the loop may resume the flow from now on, so nothing of it is touched below. Lost wake-up: a deadline is announced and
        // a cancel looked for only now, because a sweep or a check before TryWait found nobody asleep and passed by.
        connection.NoteDeadline(Deadline);
        if (Volatile.Read(ref _cancel) != 0) connection.PostCheck();
        return true;
    }

    private void Finish(bool canceled)
    {
        // Waits for a callback under way, so that no cancel by this wait's token meets the next wait.
        _registration.Dispose();
        _registration = default;
        var token = _token;
        _token = default;
        if (canceled || token.IsCancellationRequested)
            TimedOut = Interlocked.Exchange(ref _cancel, 0) == DeadlinePassed;
        if (_isUnattended)
        {
            _isUnattended = false;
            connection.Run();
            return;
        }
        var result = operation.Result(canceled);
        if (canceled && token.IsCancellationRequested) _source.SetException(new OperationCanceledException(token));
        else _source.SetResult(result);
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _source.GetStatus(token);

    // The flow belongs to its loop: a synchronization context or task scheduler of whoever awaits is not asked.
    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
