using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Endless.Http.Workers;

namespace Endless.Http.Http2;

/// <summary>
/// Where a stream is in its life, and what it has to send: what its sender, its response and its request's body know of it. Guarded by the connection's gate, but for what
/// <see cref="HandlerRunner"/> reads outside of it: <see cref="IsReset"/> and <see cref="IsRemoteEnded"/> only go from false to true while the handler is not done.
/// </summary>
internal abstract class StreamCore(ConnectionParts parts)
{
    private volatile StreamState _state;
    private volatile StreamClosure _closure; // Unknown before it is closed

    public int Id { get; protected set; }

    /// <summary>Nothing of the request is expected any more.</summary>
    public bool IsRemoteEnded => _state is StreamState.HalfClosedRemote or StreamState.Closed;

    /// <summary>Nothing of the response is sent any more.</summary>
    public bool IsLocalEnded => _state is StreamState.HalfClosedLocal or StreamState.Closed;

    /// <summary>No frame is sent or expected any more.</summary>
    public bool IsClosed => _state == StreamState.Closed;

    /// <summary>Closed before both sides were done: by RST_STREAM of either side, or with the connection.</summary>
    public bool IsReset => _closure is StreamClosure.ResetByPeer or StreamClosure.ResetHere;

    /// <summary>The handler returned, or was never called.</summary>
    public bool IsHandlerDone => Handler == HandlerState.Done;

    /// <summary>The handler is done, and what is left of its response waits for the end of the request.</summary>
    public bool IsHeld => Handler == HandlerState.Holding;

    /// <summary>Response and handler are done; the request has a moment left to come to its end.</summary>
    public bool IsStopping => _state == StreamState.HalfClosedLocal && IsHandlerDone;

    /// <inheritdoc cref="IExchange.Site"/>
    public BlockingSite? Site { get; set; }

    /// <summary>When the request began, in milliseconds of <see cref="Connection.Now"/>.</summary>
    public long OpenedAt { get; set; }

    /// <summary>When the body must have arrived, and when the response must be sent.</summary>
    public long ReadDeadline { get; set; }

    /// <inheritdoc cref="ReadDeadline"/>
    public long WriteDeadline { get; set; }

    /// <summary>What its header sections count for in the connection's budget.</summary>
    public long HeaderBytes { get; set; }

    /// <summary>What the server may still send; negative after the client has made its windows smaller (RFC 9113 section 6.9.2).</summary>
    public long SendWindow { get; set; }

    /// <summary>What the windows did not allow yet.</summary>
    public SendBuffer Unsent { get; } = new(parts.Budget.Unsent);

    /// <summary>Where the handler waits for <see cref="Unsent"/> to empty.</summary>
    public SendWait Wait { get; } = new();

    /// <summary>Queued in <see cref="StreamSender"/>, maybe by an earlier request that was cut short.</summary>
    public bool HasTurn { get; set; }

    /// <summary>When the stream last got on with <see cref="Unsent"/>, in milliseconds of <see cref="Connection.Now"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>Octets of DATA that were put into the output.</summary>
    public long DataSent { get; set; }

    /// <summary>Whether the client opens its windows fast enough for <see cref="Unsent"/>; null as long as they were never shut.</summary>
    public RateAccount? Pace { get; set; }

    /// <summary>The head of the response, behind which only its trailers are a header section, was put into the output.</summary>
    public bool IsHeadSent { get; set; }

    /// <summary>The response ends behind <see cref="Unsent"/>.</summary>
    public bool IsEndQueued { get; private set; }

    /// <summary>The trailer section behind <see cref="Unsent"/>.</summary>
    public FieldLines? QueuedTrailers { get; private set; }

    protected ConnectionParts Parts => parts;

    protected StreamState State
    {
        get => _state;
        set => _state = value;
    }

    protected StreamClosure Closure
    {
        get => _closure;
        set => _closure = value;
    }

    protected HandlerState Handler { get; set; }

    /// <summary>The server's END_STREAM was put into the output.</summary>
    public void EndLocal()
    {
        parts.Allowance.OnAnswered();
        OnLocalEnded();
    }

    /// <summary>Cuts the stream short: its handler is told in every way there is. Whether the client is told by RST_STREAM is the caller's business.</summary>
    public abstract void Reset(StreamClosure closure, RequestBodyException reason);

    /// <summary>Cuts an open stream short, and tells the client.</summary>
    public void ResetHere(ErrorCode code)
    {
        if (IsClosed) return;
        parts.WriteReset(Id, code);
        Reset(StreamClosure.ResetHere, new RequestBodyException(400, "The request was cut short: its stream broke the rules of HTTP/2, or took too long."));
    }

    /// <summary>The response is to end behind what is unsent.</summary>
    public void QueueEnd(FieldLines? trailers)
    {
        IsEndQueued = true;
        QueuedTrailers = trailers;
    }

    /// <summary>Everything unsent was put into the output: the handler that waits for that goes on.</summary>
    public void OnSent()
    {
        if (Wait.TryEnd()) Queue(static stream => ((StreamCore)stream!).Wait.Complete(true));
    }

    /// <inheritdoc cref="EndLocal"/>
    protected abstract void OnLocalEnded();

    /// <summary>Begins to send for another request.</summary>
    protected void OpenSending()
    {
        SendWindow = parts.Peer.InitialWindowSize;
        (IsHeadSent, IsEndQueued, QueuedTrailers) = (false, false, null);
        (DataSent, Pace) = (0, null);
    }

    /// <summary>Nothing more is sent: the handler that waits for it goes on.</summary>
    protected void EndSending()
    {
        Unsent.Clear();
        if (Wait.TryEnd()) Queue(static stream => ((StreamCore)stream!).Wait.Complete(false));
    }

    /// <summary>Gives back what the stream held of the connection's budget.</summary>
    protected void LeaveBudget()
    {
        Unsent.Clear();
        parts.Budget.CloseStream(HeaderBytes);
        HeaderBytes = 0;
    }

    /// <inheritdoc cref="IExchange.SetReadDeadline"/>
    /// <remarks>Outside the gate, as the next one.</remarks>
    public void SetReadDeadline(long milliseconds)
    {
        lock (parts.Gate)
            if (!IsRemoteEnded) Watch(ReadDeadline = In(milliseconds));
    }

    /// <inheritdoc cref="IExchange.SetWriteDeadline"/>
    public void SetWriteDeadline(long milliseconds)
    {
        lock (parts.Gate) Watch(WriteDeadline = In(milliseconds));
    }

    /// <summary>What is awaited of the client has so many milliseconds to come.</summary>
    protected void GiveTime(long milliseconds) => Watch(ReadDeadline = In(milliseconds));

    private long In(long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : parts.Transport.Now + milliseconds;

    /// <summary>The reading flow is to look then, and may wait for longer at present.</summary>
    private void Watch(long deadline)
    {
        if (deadline == Connection.NoDeadline) return;
        parts.Clock.Note(deadline);
        parts.WakeReader();
    }

    /// <summary>Has application code that belongs to the stream's request go on, outside the gate.</summary>
    protected void Queue(Action<object?> action) => parts.Ready.Add(action, this, Site);

    /// <summary>Has something of the engine's own run, outside the gate.</summary>
    protected void QueueOwn(Action<object?> action) => parts.Ready.Add(action, this);
}
