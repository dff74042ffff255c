using System.Runtime.CompilerServices;
using Endless.Http.Connections;
using Endless.Http.Semantics;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Http1;

/// <summary>
/// One request and its response: calls the handler, and ends whatever the handler left open of both messages. Reused for the connection's next request, but not
/// what the handler sees.
/// </summary>
/// <remarks>Of the connection's flow, and of handlers inside the request's lifetime, which ends before the flow goes on.</remarks>
internal sealed class Http1Exchange : IExchange
{
    private readonly Connection _connection;
    private readonly ProtocolContext _context;
    private readonly Http1Timeouts _timeouts;
    private readonly Http1Response _response;
    private readonly ConnectionEnd _end;
    private readonly HandlerCall _call;
    private ReusedBodies? _bodies; // most connections never have one
    private long _waitsSince; // when the last handler that had to wait began to, in milliseconds of Environment.TickCount64

    public Http1Exchange(Connection connection, ProtocolContext context, Http1Timeouts timeouts, Http1Response response, ConnectionEnd end)
    {
        _connection = connection;
        _context = context;
        _timeouts = timeouts;
        _response = response;
        _end = end;
        _call = new HandlerCall(connection, context);
        Head = new RequestHead(context.Limits, Fields, isSecure: connection.Tls is not null);
    }

    public Connection Connection => _connection;

    public CancellationToken Draining => _context.Draining;

    public SchedulingMode Scheduling => _context.Scheduling;

    public ILogger Logger => _context.Logger;

    public bool SharesConnection => false;

    public bool IsAbandoned => _connection.IsBroken;

    public BlockingSite? Site { set => _connection.ActiveSite = value; }

    /// <summary>The header section of the request in <see cref="Head"/>.</summary>
    public FieldLines Fields { get; } = new();

    /// <summary>The request's head, which is parsed before <see cref="RunAsync"/>.</summary>
    public RequestHead Head { get; }

    /// <summary>Has the handler answer the request in <see cref="Head"/>. Does not throw for what a handler or a client does.</summary>
    public ValueTask<ExchangeOutcome> RunAsync()
    {
        Begin();
        if (!_call.TryRun(_response, out var serving)) return FinishAsync(serving);
        return Body is null ? new(End(FinishResponse())) : EndWithBodyAsync(Body);
    }

    /// <summary>Adds the request under way, if there is one. Any thread, any time.</summary>
    /// <remarks>
    /// Race: another thread reads here while the flow goes on, perhaps to the next request. Safe: the reference to the request is read once, what it leads to was made for that request alone, and its name is of
    /// <see cref="ControlData"/>, which is immutable. Head, fields and buffers, which are pooled, are not looked at. Its age costs a request nothing: it began when the connection became active. In a
    /// pipeline it began later: then only handlers that wait have a time, and only those take long.
    /// </remarks>
    public void AddTo(RequestsUnderWay requests)
    {
        if (_response.Request is { } request) requests.Add(request, Environment.TickCount64 - Math.Max(_connection.StateSince, Volatile.Read(ref _waitsSince)));
    }

    /// <summary>Between two requests: lets go of what is pooled.</summary>
    public void Release()
    {
        Fields.Clear();
        Fields.Release();
        Head.Release();
    }

    /// <summary>The connection ends or is handed over.</summary>
    public void Close()
    {
        _connection.Observe(null);
        _bodies?.Reset();
        _response.CloseBody();
    }

    /// <summary>The request's body, where the response finds it too; null if it has none.</summary>
    private Http1RequestBody? Body
    {
        get => _response.RequestBody;
        set => _response.RequestBody = value;
    }

    private void Begin()
    {
        _connection.SetState(ConnectionState.Active);
        _timeouts.BeginResponse();
        var isLast = _context.Limits.MaxRequestsPerConnection > 0 && _connection.RequestsServed + 1 >= _context.Limits.MaxRequestsPerConnection;
        _response.Begin(Head.Method, Head.MinorVersion, Head.KeepAlive && !isLast);
        Body = Head.ContentLength == 0 ? null : (_bodies ??= new ReusedBodies(_connection, _context.Limits, _timeouts, _response.ExpectContinue)).Begin(Head);
        _response.Request = new Request(this, Head.ControlData, Head.ContentLength, Body ?? RequestBody.None);
    }

    /// <summary>The rest of a request whose handler waits or failed or left something behind, or whose connection was taken over.</summary>
    /// <remarks>Awaited exactly once, so that its state may come from a pool, as <see cref="Http1Connection.ServeAsync"/>'s does: 276 B a waiting request were allocated without, 108 with, which are the handler's own.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ExchangeOutcome> FinishAsync(Task serving)
    {
        if (!serving.IsCompleted) Volatile.Write(ref _waitsSince, Environment.TickCount64);
        // The client must not wait for this response to get those before it.
        if (!serving.IsCompleted && _response.HasUnflushed) await _response.FlushEarlierAsync().ConfigureAwait(false);
        var failure = await _call.EndAsync(_response, serving, Body).ConfigureAwait(false);

        var request = _response.Request!;
        if (_response.IsHijacked)
        {
            if (request is { IsCancellationWatched: true, IsCancellationForClientOnly: false }) CancelRequest(request);
            if (_response.OwesCompletion) await _response.CompleteAsync(request).ConfigureAwait(false);
            return ExchangeOutcome.Hijacked;
        }
        Body?.TakeBack();
        var goesOn = false;
        if (failure is not null || request.HasOverlap) await FailAsync(failure).ConfigureAwait(false);
        else goesOn = Body is null ? FinishResponse() : await FinishBodyAsync(Body).ConfigureAwait(false);
        if (_response.OwesCompletion)
        {
            await _response.SendAllAsync().ConfigureAwait(false); // the client does not wait for what follows
            await _response.CompleteAsync(request).ConfigureAwait(false);
        }
        return End(goesOn);
    }

    /// <summary>The end of a request that had a body, and whose handler is done without a failure.</summary>
    /// <remarks>As <see cref="FinishAsync"/>.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ExchangeOutcome> EndWithBodyAsync(Http1RequestBody body)
    {
        body.TakeBack();
        return End(await FinishBodyAsync(body).ConfigureAwait(false));
    }

    /// <summary>True if another request may follow on the connection.</summary>
    private bool FinishResponse()
    {
        // Nothing follows on this connection: the client is told if there is still time.
        if (_response.IsShort || _response.IsOverrun) _response.KeepAlive = false;
        _response.Finish();
        return _response.KeepAlive;
    }

    /// <summary>Ends the response to a request that had a body, and discards what the handler did not read of it. True if the connection goes on.</summary>
    private async ValueTask<bool> FinishBodyAsync(Http1RequestBody body)
    {
        var limit = _context.Limits.MaxDiscardBytes;
        var isUnread = !body.IsEnded;
        if (isUnread)
        {
            if (body.EndsConnection(limit)) _response.KeepAlive = false;
            else if (!_response.IsCommitted && Head.ContentLength < 0 && !await DiscardInTimeAsync(body, limit).ConfigureAwait(false)) _response.KeepAlive = false;
        }
        if (body.Failure is { Status: 400 or 431 } malformed && !_response.IsCommitted)
        {
            // The handler ignored the failed read, but the body is malformed: the answer must say so.
            Refuse(malformed);
            return false;
        }
        if (!FinishResponse()) return false;
        if (!isUnread || body.IsEnded) return true;

        // The client may wait for the response before it sends the rest.
        return await _response.SendAllAsync().ConfigureAwait(false) && await body.DiscardAsync(limit).ConfigureAwait(false);
    }

    /// <summary>A body that trickles would hold the response back: 256 KiB at <see cref="EndlessServer.MinRequestBodyRate"/> take 18 minutes.</summary>
    private ValueTask<bool> DiscardInTimeAsync(Http1RequestBody body, long limit)
    {
        body.Hasten();
        return body.DiscardAsync(limit);
    }

    /// <summary>The handler threw, or its writes overlapped: answers what can still be answered. The connection does not go on.</summary>
    private async ValueTask FailAsync(Exception? failure)
    {
        if (_call.Judge(_response, failure, Body?.Failure, isReset: false) is { } rejection) Refuse(rejection);
        // Where the connection's end ends the body, a broken response would look whole: it needs a reset. Elsewhere a length or the missing last chunk says it, and a reset could
        // cost the client the responses before this one (RFC 9112 section 9.6).
        else if (_response.EndsWithConnection) await _end.AbortAsync().ConfigureAwait(false);
    }

    private void Refuse(Rejection rejection)
    {
        if (_response.IsBroken) return; // nobody is there to be told
        _response.KeepAlive = false;
        _call.Refuse(_response, rejection);
    }

    private ExchangeOutcome End(bool goesOn)
    {
        var isRead = Body is null or { IsEnded: true, Failure: null };
        _connection.ActiveSite = null;
        var request = _response.Request!;
        if (request.IsCancellationWatched)
        {
            _connection.Observe(null);
            if (!request.IsCancellationForClientOnly) CancelRequest(request);
        }
        _response.CloseBody();
        _bodies?.Reset();
        Body = null;
        _response.Request = null; // held on to until the next request, it would survive the collection in between and be promoted
        if (goesOn) return ExchangeOutcome.KeepAlive;
        // A client that did not ask for the end may have sent more already.
        return isRead && !Head.KeepAlive ? ExchangeOutcome.Close : ExchangeOutcome.Linger;
    }

    void IExchange.WatchPeer(Request request) => _connection.Observe(request);

    public void CancelRequest(Request request) => _call.Cancel(request);

    void IExchange.SetReadDeadline(long milliseconds) => Body?.SetDeadline(milliseconds);

    void IExchange.SetWriteDeadline(long milliseconds) => _timeouts.SetWrite(milliseconds);

    void IExchange.OnLateUse(Request request, string member) => _call.OnLateUse(request, member);

    void IExchange.OnOverlap(Request request, string member) => _call.OnOverlap(request, member);
}
