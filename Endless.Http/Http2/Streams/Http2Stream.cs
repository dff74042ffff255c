using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Endless.Http.Workers;


namespace Endless.Http.Http2;

/// <summary>
/// One stream (RFC 9113 section 5.1): a request, its handler and its response. Used again for later streams of the connection once all three
/// are done with it; what the handler sees of it is not. Everything but the header section and the response, which belong to whoever is inside the request, is guarded
/// by the connection's gate. <see cref="HandlerRunner"/> reads <see cref="IsReset"/> and <see cref="IsRemoteEnded"/> outside of it: while the handler is not done they only go from false to true.
/// Of the life of the stream and its handler nothing is noted but <see cref="StreamState"/>, <see cref="StreamClosure"/> and <see cref="HandlerState"/>, each changed here only.
/// </summary>
internal sealed class Http2Stream : IExchange
{
    private readonly Http2Connection _connection;
    private readonly ProtocolContext _context;
    private Http2RequestBody? _body;
    private volatile StreamState _state;
    private volatile StreamClosure _closure; // Unknown before it is closed
    private HandlerState _handler;
    private int _holds;
    private int? _discardable; // octets of the request that may still come to be thrown away; null while none are

    public Http2Stream(Http2Connection connection, ProtocolContext context)
    {
        _connection = connection;
        _context = context;
        Unsent = new SendBuffer(connection.Budget.Unsent);
        Response = new Http2Response(this, connection, context);
    }

    public int Id { get; private set; }

    /// <summary>The header section of the request.</summary>
    public FieldLines Fields { get; } = new();

    public Http2Response Response { get; }

    /// <summary>What its header sections count for in the connection's budget.</summary>
    public long HeaderBytes { get; set; }

    /// <summary>The request, from <see cref="OpenRequest"/> on.</summary>
    public Request Request => Response.Request!;

    public Connection Connection => _connection.Transport;

    public CancellationToken Draining => _context.Draining;

    public SchedulingMode Scheduling => _context.Scheduling;

    public bool SharesConnection => true;

    public bool IsAbandoned => IsReset;

    public CallSite? Site { get; set; }

    /// <summary>Nothing of the request is expected any more.</summary>
    public bool IsRemoteEnded => _state is StreamState.HalfClosedRemote or StreamState.Closed;

    /// <summary>Nothing of the response is sent any more.</summary>
    public bool IsLocalEnded => _state is StreamState.HalfClosedLocal or StreamState.Closed;

    /// <summary>No frame is sent or expected any more.</summary>
    public bool IsClosed => _state == StreamState.Closed;

    /// <summary>Closed before both sides were done: by RST_STREAM of either side, or with the connection.</summary>
    public bool IsReset => _closure is StreamClosure.ResetByPeer or StreamClosure.ResetHere;

    /// <summary>What the server may still send; negative after the client has made its windows smaller (RFC 9113 section 6.9.2).</summary>
    public long SendWindow { get; set; }

    /// <summary>What the windows did not allow yet.</summary>
    public SendBuffer Unsent { get; }

    /// <summary>Where the handler waits for <see cref="Unsent"/> to empty.</summary>
    public SendWait Wait { get; } = new();

    /// <summary>Queued in <see cref="StreamSender"/>, maybe by an earlier request that was cut short.</summary>
    public bool HasTurn { get; set; }

    /// <summary>When the stream last got on with <see cref="Unsent"/>, in milliseconds of <see cref="Connections.Connection.Now"/>.</summary>
    public long SentAt { get; set; }

    /// <summary>Octets of DATA that were put into the output.</summary>
    public long DataSent { get; set; }

    /// <summary>Whether the client opens its windows fast enough for <see cref="Unsent"/>; null as long as they were never shut.</summary>
    public RateAccount? Pace { get; set; }

    /// <summary>The response ends behind <see cref="Unsent"/>.</summary>
    public bool IsEndQueued { get; private set; }

    /// <summary>The handler is done, and what is left of its response waits for the end of the request.</summary>
    public bool IsHeld => _handler == HandlerState.Holding;

    /// <summary>Response and handler are done; the request has a moment left to come to its end.</summary>
    public bool IsStopping => _state == StreamState.HalfClosedLocal && IsHandlerDone;

    /// <summary>The trailer section behind <see cref="Unsent"/>.</summary>
    public FieldLines? QueuedTrailers { get; private set; }

    /// <summary>When the request began, in milliseconds of <see cref="Connections.Connection.Now"/>.</summary>
    public long OpenedAt { get; set; }

    /// <summary>When the body must have arrived, and when the response must be sent.</summary>
    public long ReadDeadline { get; set; }

    /// <inheritdoc cref="ReadDeadline"/>
    public long WriteDeadline { get; set; }

    /// <summary>Why the request is refused without its handler; null if it is not.</summary>
    public Rejection? Rejection { get; set; }

    /// <summary>The body, while it arrives or is read. For a request without one an earlier one's, or null: <see cref="IsRemoteEnded"/> tells.</summary>
    public Http2RequestBody? Body => _body;

    /// <summary>The handler returned, or was never called.</summary>
    public bool IsHandlerDone => _handler == HandlerState.Done;

    /// <summary>Begins a stream with its request's header section. With <paramref name="endStream"/> the request has no body.</summary>
    public void Open(int id, bool endStream, int sendWindow)
    {
        Id = id;
        (_state, _closure, _handler) = (endStream ? StreamState.HalfClosedRemote : StreamState.Open, StreamClosure.Unknown, HandlerState.Running);
        _discardable = null;
        Site = null;
        (IsEndQueued, QueuedTrailers) = (false, null);
        (DataSent, Pace) = (0, null);
        SendWindow = sendWindow;
    }

    /// <summary>Makes what the handler sees of the stream.</summary>
    public void OpenRequest(ControlData control, long contentLength, RequestBody body)
    {
        Response.Reset(isHead: control.Method == "HEAD");
        Response.Request = new Request(this, control, contentLength, body);
    }

    /// <summary>The body of this stream's request, made when first needed.</summary>
    public Http2RequestBody OpenBody() => _body ??= new Http2RequestBody(this, _connection);

    /// <summary>Calls the handler. Outside the gate.</summary>
    public void Start() => _connection.Run(this);

    /// <summary>Keeps the stream from being used again until <see cref="Release"/>: something is queued that knows it.</summary>
    public void Hold() => _holds++;

    /// <inheritdoc cref="Hold"/>
    public void Release()
    {
        _holds--;
        RecycleIfDone();
    }

    /// <summary>The client's END_STREAM arrived.</summary>
    public void EndRemote()
    {
        if (_state == StreamState.HalfClosedLocal) Close(StreamClosure.Ended);
        else _state = StreamState.HalfClosedRemote;
        if (IsHeld) FinishHeld();
    }

    /// <summary>The response is to end behind what is unsent.</summary>
    public void QueueEnd(FieldLines? trailers)
    {
        IsEndQueued = true;
        QueuedTrailers = trailers;
    }

    /// <summary>
    /// Holds back the rest of a response, whose handler is done, until its request is complete and thrown away; false if there is nothing to wait for. A client that
    /// has the response in the middle of its upload should stop there (RFC 9113 section 8.1), but curl up to 8 waits for ever, or takes the response for none.
    /// </summary>
    public bool TryHold()
    {
        if (_state != StreamState.Open || _connection.IsHalfClosed || !_body!.IsWorthDiscarding) return false;
        _handler = HandlerState.Holding;
        Discard(Http2Limits.MaxDiscard);
        return true;
    }

    /// <summary>Octets came that nobody will read.</summary>
    public void OnDiscarded(int count)
    {
        if ((!IsHeld && !IsStopping) || (_discardable -= count) >= 0) return;
        if (IsHeld) FinishHeld();
        else StopRequest();
    }

    /// <summary>The request is complete, or has taken too long.</summary>
    public void FinishHeld()
    {
        _handler = HandlerState.Running;
        _connection.Ready.Add(static stream => ((Http2Stream)stream!)._connection.Finish((Http2Stream)stream), this);
    }

    /// <summary>The server's END_STREAM was put into the output.</summary>
    public void EndLocal()
    {
        _connection.OnAnswered();
        if (_state == StreamState.HalfClosedRemote)
        {
            Close(StreamClosure.Ended);
            return;
        }
        _state = StreamState.HalfClosedLocal;
        if (IsHandlerDone) Stop();
    }

    /// <summary>Everything unsent was put into the output: the handler that waits for that goes on.</summary>
    public void OnSent()
    {
        if (Wait.TryEnd()) _connection.Ready.Add(static stream => ((Http2Stream)stream!).Wait.Complete(true), this, Site);
    }

    /// <summary>Cuts the stream short: its handler is told in every way there is. Whether the client is told by RST_STREAM is the caller's business.</summary>
    public void Reset(StreamClosure closure, RequestBodyException reason)
    {
        if (IsClosed) return;
        if (_body is not null)
        {
            _body.Fail(reason);
            _connection.Account.GiveUp(_body);
        }
        if (IsHeld) FinishHeld();
        Unsent.Clear();
        if (Wait.TryEnd()) _connection.Ready.Add(static stream => ((Http2Stream)stream!).Wait.Complete(false), this, Site);
        QueueCancel();
        Close(closure);
    }

    /// <summary>The client has ended its side of the connection: nothing more comes of the request, and the response is finished.</summary>
    public void EndPeer()
    {
        if (IsStopping)
        {
            StopRequest();
            return;
        }
        if (!IsRemoteEnded) _body!.Fail(new RequestBodyException(400, "The client closed the connection within its request."));
        if (IsHeld) FinishHeld();
        QueueCancel();
    }

    /// <summary>Has the request's cancellation fired, if its handler has not returned.</summary>
    private void QueueCancel()
    {
        if (IsHandlerDone) return;
        Hold();
        _connection.Ready.Add(static stream => ((Http2Stream)stream!).Cancel(), this, Site);
    }

    /// <summary>The handler returned; nothing of the request is read, and nothing of the response written, any more.</summary>
    public void OnHandlerDone()
    {
        _handler = HandlerState.Done;
        if (IsStopping) Stop();
        else RecycleIfDone();
    }

    /// <summary>
    /// The response is complete and the rest of the request is not wanted (RFC 9113 section 8.1). Most clients are about to end it anyway, and behind a RST_STREAM
    /// whatever else they had sent would have to be ignored unseen, right or wrong.
    /// </summary>
    private void Stop()
    {
        // It has had its moment before the response ended.
        if (_discardable is not null || _connection.IsHalfClosed) StopRequest();
        else Discard(Http2Limits.MaxDiscardBehindAnswer);
    }

    private void Discard(int octets)
    {
        _discardable = octets;
        _connection.OnDiscarding(this);
    }

    /// <summary>The client has had its moment to end the request.</summary>
    public void StopRequest()
    {
        _connection.Output.Frames.WriteRstStream(Id, ErrorCode.NoError);
        Close(StreamClosure.ResetHere);
    }

    private void Close(StreamClosure closure)
    {
        var window = IsRemoteEnded ? 0 : _body!.Window;
        (_closure, _state) = (closure, StreamState.Closed);
        _connection.OnClosed(this, closure, window);
        RecycleIfDone();
    }

    private void RecycleIfDone()
    {
        if (!IsClosed || !IsHandlerDone || _holds > 0) return;
        if (_body is { } body)
        {
            _connection.Account.GiveUp(body);
            _connection.Account.Forget(body);
            if (body.IsLent) _body = null; // the handler may go on looking at what it read: its blocks do not go back to a pool
            else body.Reset();
        }
        Unsent.Clear();
        Fields.Clear();
        Response.ReleaseBuffer();
        Response.Request = null; // held on to until the next request, it would survive the collection in between and be promoted
        _connection.Budget.CloseStream(HeaderBytes);
        HeaderBytes = 0;
        _connection.Streams.Recycle(this);
    }

    /// <remarks>Maybe after the stream was reset, or the client has ended its side.</remarks>
    void IExchange.WatchPeer(Request request)
    {
        bool cancelled;
        lock (_connection.Gate) cancelled = IsReset || _connection.IsHalfClosed;
        if (cancelled) request.Cancel();
    }

    void IExchange.CancelRequest(Request request) => _connection.CancelRequest(request);

    void IExchange.OnLateUse(Request request, string member) => _context.Logger.RequestUsedLate(member, request, Connection.Id);

    void IExchange.OnOverlap(Request request, string member) => _context.Logger.OverlapRefused(member, request, Connection.Id);

    private void Cancel()
    {
        _connection.CancelRequest(Request);
        lock (_connection.Gate) Release();
    }
}
