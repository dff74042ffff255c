using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Http2;

/// <summary>
/// One stream (RFC 9113 section 5.1): a request, its handler and its response. Used again for later streams of the connection once all three
/// are done with it; what the handler sees of it is not. Everything but the header section and the response, which belong to whoever is inside the request, is guarded
/// by the connection's gate. Of the life of the stream and its handler nothing is noted but <see cref="StreamState"/>, <see cref="StreamClosure"/> and <see cref="HandlerState"/>, each changed here only.
/// </summary>
internal sealed class Http2Stream : StreamCore, IExchange
{
    private readonly StreamTable<Http2Stream> _streams;
    private int _holds;
    private int? _discardable; // octets of the request that may still come to be thrown away; null while none are

    public Http2Stream(ConnectionParts parts, StreamSender sender, StreamTable<Http2Stream> streams)
        : base(parts)
    {
        _streams = streams;
        Response = new Http2Response(this, parts, sender);
    }

    /// <summary>The header section of the request.</summary>
    public FieldLines Fields { get; } = new();

    public Http2Response Response { get; }

    /// <summary>The request, from <see cref="Open"/> on.</summary>
    public Request Request => Response.Request!;

    public Connection Connection => Parts.Transport;

    public CancellationToken Draining => Parts.Context.Draining;

    public SchedulingMode Scheduling => Parts.Context.Scheduling;

    public ILogger Logger => Parts.Context.Logger;

    public bool SharesConnection => true;

    public bool IsAbandoned => IsReset;

    int IExchange.StreamId => Id;

    /// <summary>Why the request is refused without its handler; null if it is not.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>The body, while it arrives or is read. For a request without one an earlier one's, or null: <see cref="StreamCore.IsRemoteEnded"/> tells.</summary>
    public Http2RequestBody? Body { get; private set; }

    /// <summary>Begins a stream with its request.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="endStream">The request has no body.</param>
    /// <param name="control">What it asks for.</param>
    /// <param name="contentLength">Octets of the body, -1 if the client did not say.</param>
    /// <param name="expectsContinue">The client waits for 100 Continue before it sends the body.</param>
    /// <param name="rejection">Why it is refused; null if it is not.</param>
    public void Open(int id, bool endStream, ControlData control, long contentLength, bool expectsContinue, Rejection? rejection)
    {
        Id = id;
        (State, Closure, Handler) = (endStream ? StreamState.HalfClosedRemote : StreamState.Open, StreamClosure.Unknown, HandlerState.Running);
        _discardable = null;
        Site = null;
        OpenSending();
        Rejection = rejection;
        if (!endStream)
        {
            Body ??= new Http2RequestBody(this, Response, Parts);
            Body.Open(contentLength, Parts.Context.Limits.MaxBodyBytes, expectsContinue);
        }
        Response.Reset(isHead: control.Method == "HEAD");
        Response.Request = new Request(this, control, contentLength, endStream ? RequestBody.None : Body!);
        _streams.Add(id, this);
    }

    /// <summary>Whether so many more octets of DATA, and with <paramref name="ends"/> no others, agree with Content-Length (RFC 9113 section 8.1.1).</summary>
    public Http2Error Agrees(long count, bool ends) =>
        Body!.Agrees(count, ends) ? default : Http2Error.Stream(ErrorCode.ProtocolError, "DATA does not agree with Content-Length.");

    /// <summary>The client's END_STREAM arrived, with a trailer section if there is one.</summary>
    public void EndRequest(FieldLines? trailers)
    {
        if (!Body!.IsEnded) Body.End(trailers);
        if (State == StreamState.HalfClosedLocal) Close(StreamClosure.Ended);
        else State = StreamState.HalfClosedRemote;
        if (IsHeld) FinishHeld();
    }

    /// <summary>
    /// Holds back the rest of a response, whose handler is done, until its request is complete and thrown away; false if there is nothing to wait for. A client that
    /// has the response in the middle of its upload should stop there (RFC 9113 section 8.1), but curl up to 8 waits for ever, or takes the response for none.
    /// </summary>
    public bool TryHold()
    {
        if (State != StreamState.Open || Parts.IsHalfClosed || !Body!.IsWorthDiscarding) return false;
        Handler = HandlerState.Holding;
        Discard(Http2Limits.MaxDiscard, Parts.Context.Timeouts.Discard);
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
        Handler = HandlerState.Running;
        QueueOwn(static stream => ((Http2Stream)stream!).Finish());
    }

    public override void Reset(StreamClosure closure, RequestBodyException reason)
    {
        if (IsClosed) return;
        if (Body is not null)
        {
            Body.Fail(reason);
            Body.GiveUp();
        }
        if (IsHeld) FinishHeld();
        EndSending();
        QueueCancel();
        Close(closure);
    }

    /// <summary>The client's RST_STREAM arrived.</summary>
    public void ResetByPeer() => Reset(StreamClosure.ResetByPeer, new RequestBodyException(400, "The client cancelled the request."));

    /// <summary>The client has ended its side of the connection: nothing more comes of the request, and the response is finished.</summary>
    public void EndPeer()
    {
        if (IsStopping)
        {
            StopRequest();
            return;
        }
        if (!IsRemoteEnded) Body!.Fail(new RequestBodyException(400, "The client closed the connection within its request."));
        if (IsHeld) FinishHeld();
        QueueCancel();
    }

    /// <summary>The client has had its moment to end the request.</summary>
    public void StopRequest()
    {
        Parts.WriteReset(Id, ErrorCode.NoError);
        Close(StreamClosure.ResetHere);
    }

    /// <summary>Ends the response of a handler that is done. Outside the gate.</summary>
    public void Finish()
    {
        Response.Finish();
        EndHandler();
    }

    /// <summary>The handler returned, or was never called; nothing of the request is read, and nothing of the response written, any more. Outside the gate.</summary>
    public void EndHandler()
    {
        if (Response.OwesCompletion) _ = CompleteAsync();
        else OnHandlerEnded();
    }

    private async Task CompleteAsync()
    {
        Parts.FlushSoon(); // the client does not wait for what follows
        await Response.CompleteAsync(Request).ConfigureAwait(false);
        OnHandlerEnded();
    }

    private void OnHandlerEnded()
    {
        // As in Go, the request's cancellation also fires when its handler is done.
        if (Request is { IsCancellationWatched: true, IsCancellationForClientOnly: false }) Parts.Call.Cancel(Request);
        Response.CloseBody();
        lock (Parts.Gate)
        {
            Handler = HandlerState.Done;
            _streams.OnHandlerDone(this);
            Parts.Transport.RequestsServed++;
            if (IsStopping) Stop();
            else RecycleIfDone();
        }
        Parts.FlushSoon();
    }

    protected override void OnLocalEnded()
    {
        if (State == StreamState.HalfClosedRemote)
        {
            Close(StreamClosure.Ended);
            return;
        }
        State = StreamState.HalfClosedLocal;
        if (IsHandlerDone) Stop();
    }

    /// <summary>Has the request's cancellation fired, if its handler has not returned.</summary>
    private void QueueCancel()
    {
        if (IsHandlerDone) return;
        _holds++; // not to be used again before that: it is queued
        Queue(static stream => ((Http2Stream)stream!).Cancel());
    }

    private void Cancel()
    {
        Parts.Call.Cancel(Request);
        lock (Parts.Gate)
        {
            _holds--;
            RecycleIfDone();
        }
    }

    /// <summary>
    /// The response is complete and the rest of the request is not wanted (RFC 9113 section 8.1). Most clients are about to end it anyway, and behind a RST_STREAM
    /// whatever else they had sent would have to be ignored unseen, right or wrong.
    /// </summary>
    private void Stop()
    {
        // It has had its moment before the response ended.
        if (_discardable is not null || Parts.IsHalfClosed) StopRequest();
        else Discard(Http2Limits.MaxDiscardBehindAnswer, Parts.Context.Timeouts.Linger);
    }

    /// <summary>The rest of the request is thrown away.</summary>
    private void Discard(int octets, long milliseconds)
    {
        _discardable = octets;
        Body!.GiveUp();
        GiveTime(milliseconds);
    }

    private void Close(StreamClosure closure)
    {
        var window = IsRemoteEnded ? 0 : Body!.Window;
        (Closure, State) = (closure, StreamState.Closed);
        // Not so for nearly every stream: its handler has returned, and its end closes the stream. The request of a handler that was never called is not over.
        if (!IsHandlerDone && !Request.IsOver) _streams.LeftBehind.Add(this);
        _streams.Remove(Id, closure, window);
        if (_streams.Count == 0) Parts.OnLastClosed();
        RecycleIfDone();
    }

    private void RecycleIfDone()
    {
        if (!IsClosed || !IsHandlerDone || _holds > 0) return;
        if (Body is { } body)
        {
            body.Close();
            if (body.IsLent) Body = null; // use after free: the handler may still hold these blocks, so no pool gets them
            else body.Reset();
        }
        Fields.Clear();
        Response.ReleaseBuffer();
        Response.Request = null; // held on to until the next request, it would survive the collection in between and be promoted
        LeaveBudget();
        _streams.Recycle(this);
    }

    /// <remarks>Maybe after the stream was reset, or the client has ended its side.</remarks>
    void IExchange.WatchPeer(Request request)
    {
        bool cancelled;
        lock (Parts.Gate) cancelled = IsReset || Parts.IsHalfClosed;
        if (cancelled) request.Cancel();
    }

    void IExchange.CancelRequest(Request request) => Parts.Call.Cancel(request);

    void IExchange.OnLateUse(Request request, string member) => Parts.Call.OnLateUse(request, member);

    void IExchange.OnOverlap(Request request, string member) => Parts.Call.OnOverlap(request, member);
}
