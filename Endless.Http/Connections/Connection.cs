using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Endless.Http.Budgets;
using Endless.Http.Loops;
using Endless.Http.Workers;

namespace Endless.Http.Connections;

/// <summary>
/// One accepted byte stream as a protocol engine sees it: a pipe each way, two deadlines, and what the peer and the restart code have to say.
/// Implemented by <c>SocketConnection</c>; TLS wraps another connection; tests have one in memory.
/// </summary>
/// <remarks>
/// One flow at a time reads <see cref="Input"/>, and one at a time writes <see cref="Output"/>; they may be two different ones.
/// <see cref="Abort"/>, <see cref="BreakOutput"/>, <see cref="RequestLeave"/>, <see cref="TryCondemn"/> and <see cref="SetState"/> may be called from any thread at any time.
/// </remarks>
internal abstract class Connection : IDuplexPipe, IShedTarget, ICallbackOwner
{
    /// <summary>A deadline that never comes.</summary>
    public const long NoDeadline = IEventSource.NoDeadline;

    private IPeerObserver? _peerObserver;
    private int _peerClosed;
    private int _owner;             // one of the three below
    private volatile LeaveRequest _leave;
    private volatile bool _canMove = true;
    private int _state;
    private StateClock _clock = new();

    private const int OwnedByServer = 0;
    private const int Condemned = 1;
    private const int OwnedByHandler = 2;

    /// <summary>Unique in this process, counted up from 1.</summary>
    public long Id { get; init; }

    /// <summary>The address the client connected to; null where the transport has none.</summary>
    public virtual EndPoint? LocalEndPoint { get; init; }

    /// <summary>The client's address; null where the transport has none (an unnamed UNIX socket).</summary>
    public virtual EndPoint? RemoteEndPoint { get; init; }

    /// <summary>
    /// Bytes from the client. A read ends with <see cref="ReadResult.IsCanceled"/> when <see cref="ReadDeadline"/> passed while it waited
    /// (then <see cref="ReadTimedOut"/> is true), after <see cref="RequestLeave"/>, or after <see cref="PipeReader.CancelPendingRead"/>;
    /// with <see cref="ReadResult.IsCompleted"/> at the end of the stream, whether the peer closed or reset it. It does not throw for what a client does.
    /// </summary>
    public abstract PipeReader Input { get; }

    /// <summary>
    /// Bytes to the client. A flush ends with <see cref="FlushResult.IsCompleted"/> when the peer can no longer be written to or
    /// <see cref="WriteDeadline"/> passed while it waited. It does not throw for what a client does.
    /// </summary>
    public abstract PipeWriter Output { get; }

    /// <summary>When a waiting read gives up, in milliseconds of <see cref="Now"/>. Set it before the read; coarse (up to 100 ms late).</summary>
    public abstract long ReadDeadline { get; set; }

    /// <summary>When a waiting flush gives up, in milliseconds of <see cref="Now"/>; it then counts as a dead peer. Coarse (up to 100 ms late).</summary>
    public abstract long WriteDeadline { get; set; }

    /// <summary>
    /// The last canceled read gave up at <see cref="ReadDeadline"/>: when it had passed, nothing had come. Cleared by the next read. An engine judges its client by this and never by the
    /// clock: that says only that somebody was late, and it may have been this process.
    /// </summary>
    public abstract bool ReadTimedOut { get; }

    /// <summary>
    /// Slow upload as fast as it can: bytes that come again and again after a deadline are the client's doing once they have come for so long, however late this process was before.
    /// Milliseconds.
    /// </summary>
    public const long Overtime = 1_000;

    /// <summary>
    /// The least rate at which the peer must take what a flush waits to send, so that <see cref="WriteDeadline"/> need not bound what takes its time; null for none.
    /// </summary>
    public virtual LeastRate? LeastSendRate { get; set; }

    /// <summary>Responses given up because the client took them too slowly: by the transport with the whole connection, or by an engine one at a time.</summary>
    public virtual int ResponsesAbandoned { get; set; }

    /// <summary>Part of a request's head is here, and the flow waits for the rest. Kept by the engine.</summary>
    public bool IsWithinHead { get; set; }

    /// <summary>
    /// Nothing is under way but the wait for a request, or for the rest of its head: of all connections these make room for new ones. Known for sure only to the flow, or to who has claimed it.
    /// </summary>
    public bool IsWaitingForRequest => State is ConnectionState.New or ConnectionState.Idle || (IsWithinHead && State == ConnectionState.Active);

    /// <summary><see cref="AskForRoom"/> was called, and nothing has come since.</summary>
    public virtual bool IsAskedForRoom => false;

    /// <summary>The connection ends to make room for another: its last read gave up for that, and <see cref="ReadTimedOut"/> is true. There is no time to wait for its client.</summary>
    public virtual bool MakesRoom => false;

    /// <summary>The clock of the deadlines, in milliseconds: <see cref="Environment.TickCount64"/> without the time in which this process could not look at the connection.</summary>
    public virtual long Now => Environment.TickCount64;

    /// <summary>The peer closed its side, or the connection is broken or aborted. Unread bytes may remain.</summary>
    public bool PeerClosed => Volatile.Read(ref _peerClosed) != 0;

    /// <summary>Nothing more can be sent: the connection is broken or aborted. The peer's FIN alone does not say so.</summary>
    public abstract bool IsBroken { get; }

    /// <summary>What the restart code asked of this connection.</summary>
    public LeaveRequest Leave => _leave;

    /// <summary>The state last given to <see cref="SetState"/>.</summary>
    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>When the present state began, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long StateSince => _clock.Since;

    /// <summary>When this process took the connection in, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long AcceptedAt { get; } = Environment.TickCount64;

    /// <summary>What is spoken on it, as <see cref="Request.Protocol"/> has it; null as long as nobody knows.</summary>
    public string? Protocol { get; set; }

    /// <summary>What whoever accepted or serves the connection keeps with it: once it is served, the <see cref="IProtocolEngine"/>. The transport does not look at it.</summary>
    public object? Tag { get; set; }

    /// <summary>What the application keeps with the connection. Disposed of when that is closed or goes on in another process, and by the application itself once a handler has taken it over.</summary>
    public IDisposable? Kept { get; set; }

    /// <summary>Requests answered so far, by the generations before this one too. Kept by the engine.</summary>
    public long RequestsServed { get; set; }

    /// <summary>Those of them that the generations before this one answered.</summary>
    public long RequestsServedBefore { get; init; }

    /// <summary>Told of each change of <see cref="State"/>; set when the connection is accepted.</summary>
    public Action<Connection, ConnectionState>? StateChanged { get; set; }

    /// <summary>Told once, when a handler takes the connection over: it is none of the server's any more. Set when the connection is accepted.</summary>
    public Action<Connection>? Released { get; set; }

    /// <summary>The request under way is counted as such, and the code that releases the connection uncounts it.</summary>
    public bool HasCountedRequest { get; set; }

    /// <summary>
    /// The application code that this connection's flow is in; null between requests. While it is set, a stall of the loop in this
    /// connection's callback is put down to that code.
    /// </summary>
    public virtual BlockingSite? ActiveSite { get; set; }

    /// <summary>What TLS agreed on for this connection; null in the clear.</summary>
    public virtual TlsConnectionState? Tls => null;

    /// <summary>The transport waits in place of an engine that says <see cref="ConnectionOutcome.Idle"/>.</summary>
    public virtual bool WaitsWhileIdle => false;

    /// <summary>
    /// An engine that answers with <see cref="ConnectionOutcome.Idle"/> may leave bytes in <see cref="Output"/>: the transport sends them at the end of the loop's turn, together with other connections' responses.
    /// For the engine's flow.
    /// </summary>
    public virtual bool SendsWhileIdle => false;

    /// <summary>There are so few connections that an idle one may keep a page or two for its next request.</summary>
    public virtual bool MayKeepMemory => false;

    /// <summary>Threads for application code that blocks; null where the transport has none (a test in memory).</summary>
    public virtual WorkerPool? Workers => null;

    /// <summary>Goes on with application code that is known to block: on a worker, or here if none can be had.</summary>
    public virtual void Resume(IThreadPoolWorkItem work, BlockingSite site) => work.Execute();

    /// <summary>Has <paramref name="work"/> run at the end of the loop's turn, or at once where the code that runs there blocks its thread; off the loop, soon and on the thread pool.</summary>
    public virtual void Defer(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: true);

    /// <summary>Memory for bytes on their way.</summary>
    public virtual ArrayPool<byte> Blocks => ArrayPool<byte>.Shared;

    /// <summary>Bytes received from the client so far.</summary>
    public virtual long BytesReceived => 0;

    /// <summary>Bytes sent to the client so far.</summary>
    public virtual long BytesSent => 0;

    /// <summary>Ends the connection now: pending and later reads and flushes complete, and the peer may see a reset. Any thread, any time, any number of times.</summary>
    public abstract void Abort();

    /// <inheritdoc/>
    public virtual void Shed()
    {
        if (TryCondemn()) Abort();
    }

    /// <summary>Asks the connection to end if nothing comes that shows that its client still wants it: <see cref="IsWaitingForRequest"/>. Any thread, any time.</summary>
    public virtual void AskForRoom()
    {
    }

    /// <summary>Nothing more is sent: pending and later flushes complete, and what was not sent is lost. The peer hears of it when the connection is closed. Any thread, any time.</summary>
    public abstract void BreakOutput();

    /// <summary>Sends of what was written what the peer can take now, and does not wait for the rest: for the flow's last words, when no flush is under way.</summary>
    public abstract void FlushNow();

    /// <summary>Sends FIN: no more bytes follow, and the peer can still be read (RFC 9112 section 9.6). What was not flushed is lost.</summary>
    public abstract void ShutdownWrite();

    /// <summary>Closes the socket. Only for the owner of the flow, when no read or flush is under way; idempotent.</summary>
    public abstract void Close();

    /// <summary>Lets everything else on this loop have its turn, then carries on there: for an engine that has answered many pipelined requests in one go.</summary>
    public abstract ValueTask YieldAsync();

    /// <summary>Whether it can leave for another process, between two requests. Not, once its protocol keeps a state that only this process has. Any thread.</summary>
    public bool CanMove => _canMove;

    /// <summary>It is served to its end in this process.</summary>
    public void StayHere() => _canMove = false;

    /// <summary>Asks the connection to leave: the waiting read, or the next one, ends with <see cref="ReadResult.IsCanceled"/>. Nothing once a handler has taken the connection over.</summary>
    /// <remarks>Race: a connection being taken over may still get the cancel; the handler's reader knows it from its own.</remarks>
    public virtual void RequestLeave(LeaveRequest request)
    {
        if (Volatile.Read(ref _owner) == OwnedByHandler) return;
        _leave = request;
        Input.CancelPendingRead();
    }

    /// <summary>True if the server may abort the connection: it then owes an <see cref="Abort"/>. False once a handler has taken it over.</summary>
    public bool TryCondemn() => Interlocked.CompareExchange(ref _owner, Condemned, OwnedByServer) != OwnedByHandler;

    /// <summary>A handler takes the connection over, for good: no deadline, no request to leave and no hammer time reaches it from now on. Only for the flow, while it does not read or flush.</summary>
    public void Release()
    {
        // Race with TryCondemn: one atomic step. Condemned before it, or never.
        if (Interlocked.Exchange(ref _owner, OwnedByHandler) == OwnedByHandler) return;
        ReadDeadline = WriteDeadline = NoDeadline;
        LeastSendRate = null;
        Released?.Invoke(this);
        SetState(ConnectionState.Hijacked);
    }

    /// <summary>Enters a state and reports it, once for each change. <see cref="ConnectionState.Hijacked"/> is final.</summary>
    public void SetState(ConnectionState state)
    {
        // Called more than once a request: compared first, since a locked exchange costs as much as parsing a short field.
        if (State == state || State == ConnectionState.Hijacked) return;
        var previous = (ConnectionState)Interlocked.Exchange(ref _state, (int)state);
        if (previous == state) return;
        _clock.Leave(previous);
        if (state is ConnectionState.Closed or ConnectionState.HandedOver) Kept?.Dispose();
        StateChanged?.Invoke(this, state);
    }

    /// <summary>Milliseconds that the connection has been in a state, over all times it was.</summary>
    public long TimeIn(ConnectionState state) => _clock.Time(state, State);

    /// <summary>
    /// Has <paramref name="observer"/> told once when the peer closes its side or the connection breaks, at once if it already has. One observer at a time: it
    /// replaces the one before, and null only removes it. Any thread.
    /// </summary>
    /// <remarks>
    /// Race: a removed observer may still be called, by a thread that took it out before. So each request observes with an object of its own: a late call
    /// then reaches that request, never the next one.
    /// </remarks>
    public void Observe(IPeerObserver? observer)
    {
        // Lost wake-up: the observer is stored before the flag is read; RaisePeerClosed sets the flag before it takes the observer. The second sees the first,
        // and of two that see each other only one takes the observer out. It is one object: a call never mixes halves of two observers.
        Interlocked.Exchange(ref _peerObserver, observer);
        if (observer is not null && PeerClosed && Interlocked.CompareExchange(ref _peerObserver, null, observer) == observer) observer.OnPeerClosed();
    }

    /// <summary>Called by the transport when the peer closed its side or the connection broke.</summary>
    protected void RaisePeerClosed()
    {
        if (Interlocked.Exchange(ref _peerClosed, 1) == 0) Interlocked.Exchange(ref _peerObserver, null)?.OnPeerClosed();
    }
}
