using System.Runtime.CompilerServices;
using Endless.Http.Messages;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http1;

/// <summary>
/// One request and its response: calls the handler, and ends whatever the handler left open of both messages. Used again for the connection's next
/// request, so that one whose handler does not wait costs no allocation.
/// </summary>
/// <remarks>Of the connection's flow, but for <see cref="IPeerWatcher.WatchPeer"/>, which a handler may call from anywhere, and the cancellation that follows on the loop.</remarks>
internal sealed class Http1Exchange : IPeerWatcher, IPeerObserver
{
    private readonly Connection _connection;
    private readonly ProtocolContext _context;
    private readonly Http1Response _response;
    private readonly ConnectionEnd _end;
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();
    private RequestBodies? _bodies; // most connections never have one

    public Http1Exchange(Connection connection, ProtocolContext context, Http1Response response, ConnectionEnd end)
    {
        _connection = connection;
        _context = context;
        _response = response;
        _end = end;
        Request = new Request
        {
            Connection = connection,
            Draining = context.Draining,
            Scheduling = context.Scheduling,
            Watcher = this,
        };
        Head = new RequestHead(context.Limits, Request.Header, isSecure: connection.Tls is not null);
    }

    /// <summary>What the handler sees of the request.</summary>
    public Request Request { get; }

    /// <summary>The request's head, which is parsed before <see cref="RunAsync"/>.</summary>
    public RequestHead Head { get; }

    /// <summary>Has the handler answer the request in <see cref="Head"/>. Does not throw for what a handler or a client does.</summary>
    /// <param name="bodyDeadline">When all of the body must have arrived.</param>
    public ValueTask<ExchangeOutcome> RunAsync(long bodyDeadline)
    {
        Begin(bodyDeadline);
        Exception? failure = null;
        var serving = Task.CompletedTask;
        try
        {
            var handler = Head.Target.RawPath == "*" ? OptionsHandler.Instance : _context.Handler;
            serving = handler.ServeHttpAsync(_response, Request) ?? throw new InvalidOperationException("The handler returned null in place of a task.");
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        // AsyncLocal values that a synchronous handler set would otherwise be there in the connection's next request.
        if (_executionContext is not null && ExecutionContext.Capture() != _executionContext) ExecutionContext.Restore(_executionContext);

        if (Body is not null || failure is not null || _response.IsHijacked || !serving.IsCompletedSuccessfully) return FinishAsync(serving, failure);
        return new(End(FinishResponse()));
    }

    /// <summary>Between two requests: lets go of what is pooled.</summary>
    public void Release()
    {
        Request.Header.Clear();
        Request.Header.Release();
    }

    /// <summary>The connection ends or is handed over.</summary>
    public void Close()
    {
        _connection.Observe(null);
        _bodies?.Reset();
    }

    /// <summary>The request's body, where the response finds it too; null if it has none.</summary>
    private Http1Body? Body
    {
        get => _response.RequestBody;
        set => _response.RequestBody = value;
    }

    private void Begin(long bodyDeadline)
    {
        _connection.SetState(ConnState.Active);
        if (_context.Timeouts.Write >= 0) _connection.WriteDeadline = Environment.TickCount64 + _context.Timeouts.Write;
        Body = Head.ContentLength == 0 ? null : (_bodies ??= new RequestBodies(_connection, _context, _response)).Begin(Head, bodyDeadline);
        Request.Begin(Head.Method, Head.Target, Body ?? RequestBody.None);
        Request.Host = Head.Host;
        Request.ContentLength = Head.ContentLength;
        Request.Protocol = Head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1";
        var isLast = _context.Limits.MaxRequestsPerConnection > 0 && _connection.RequestsServed + 1 >= _context.Limits.MaxRequestsPerConnection;
        _response.Begin(Head.Method, Head.MinorVersion, Head.KeepAlive && !isLast);
    }

    /// <summary>The rest of a request whose handler waits or failed, that has a body, or whose connection was taken over.</summary>
    /// <remarks>Awaited exactly once, so that its state may come from a pool, as <see cref="Http1Connection.ServeAsync"/>'s does: 276 B a waiting request were allocated without, 108 with, which are the handler's own.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ExchangeOutcome> FinishAsync(Task serving, Exception? failure)
    {
        // The client must not wait for this response to get those before it.
        if (!serving.IsCompleted && _response.HasUnflushed) await _response.FlushEarlierAsync().ConfigureAwait(false);
        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (_response.IsHijacked)
        {
            if (failure is not null) _context.Logger.HandlerFailed(_connection.Id, failure);
            if (Request.IsCancellationWatched) Cancel();
            return ExchangeOutcome.Hijacked;
        }
        if (Body is not null && !Body.TryTakeBack())
        {
            _context.Logger.BodyReadAbandoned(_connection.Id);
            await _end.AbortAsync().ConfigureAwait(false);
            await Body.LetGoAsync().ConfigureAwait(false);
            return End(false);
        }
        if (failure is not null)
        {
            await FailAsync(failure).ConfigureAwait(false);
            return End(false);
        }
        return End(Body is null ? FinishResponse() : await FinishBodyAsync(Body).ConfigureAwait(false));
    }

    /// <summary>True if another request may follow on the connection.</summary>
    private bool FinishResponse()
    {
        _response.Finish();
        return _response.KeepAlive && !_response.IsShort && !_response.IsOverrun;
    }

    /// <summary>Ends the response to a request that had a body, and discards what the handler did not read of it. True if the connection goes on.</summary>
    private async ValueTask<bool> FinishBodyAsync(Http1Body body)
    {
        var limit = _context.Limits.MaxDiscardBytes;
        var isUnread = !body.IsEnded;
        if (isUnread)
        {
            // Known beforehand, it is said with the response (RFC 9112 section 9.6). A client that still waits for 100 Continue may never send the body.
            if (body.Failure is not null || _bodies!.OwesContinue || body.IsTooLargeToDiscard(limit)) _response.KeepAlive = false;
            else if (!_response.IsCommitted && Head.ContentLength < 0 && !await body.DiscardAsync(limit).ConfigureAwait(false)) _response.KeepAlive = false;
        }
        if (body.Failure is { Status: 400 or 431 } malformed && !_response.IsCommitted)
        {
            // The handler looked away, but what came was no request: nothing is answered as if it were.
            _end.Refuse(malformed);
            return false;
        }
        if (!FinishResponse()) return false;
        if (!isUnread || body.IsEnded) return true;

        // The client may wait for the response before it sends the rest.
        return await _response.SendAllAsync().ConfigureAwait(false) && await body.DiscardAsync(limit).ConfigureAwait(false);
    }

    /// <summary>The handler threw: answers what can still be answered. The connection does not go on.</summary>
    private async ValueTask FailAsync(Exception failure)
    {
        var cause = Body?.Failure;
        if (failure is AbortHandlerException)
        {
            await _end.AbortAsync().ConfigureAwait(false);
            return;
        }
        if (cause is not null || _response.IsBroken || (failure is OperationCanceledException && _connection.PeerClosed)) _context.Logger.HandlerGaveUp(_connection.Id, failure);
        else _context.Logger.HandlerFailed(_connection.Id, failure);

        if (!_response.IsCommitted) _end.Refuse(cause ?? Rejections.HandlerFailed);
        // With its end marked by the connection's, a broken response would look whole: the client must see a reset.
        else if (_response.EndsWithConnection) await _end.AbortAsync().ConfigureAwait(false);
    }

    private ExchangeOutcome End(bool goesOn)
    {
        var isRead = Body is null or { IsEnded: true, Failure: null };
        _connection.ActiveSite = null;
        if (Request.IsCancellationWatched)
        {
            _connection.Observe(null);
            Cancel();
        }
        _bodies?.Reset();
        Body = null;
        Request.Reset();
        if (goesOn) return ExchangeOutcome.KeepAlive;
        // A client that did not ask for the end may have sent more already.
        return isRead && !Head.KeepAlive ? ExchangeOutcome.Close : ExchangeOutcome.Linger;
    }

    void IPeerWatcher.WatchPeer() => _connection.Observe(this);

    void IPeerObserver.OnPeerClosed() => Cancel();

    private void Cancel()
    {
        try
        {
            Request.Cancel();
        }
        catch (Exception exception)
        {
            _context.Logger.CancellationCallbackFailed(_connection.Id, exception);
        }
    }
}
