using System.IO.Pipelines;
using Endless.Http.Messages;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http1;

/// <summary>
/// Serves HTTP/1.0 and HTTP/1.1 on one connection (RFC 9112): reads heads, calls the handler, and decides after each response whether the connection goes on.
/// </summary>
/// <remarks>
/// One flow from request to request. Its objects are reused, so that a request whose handler does not wait costs no allocation; while the connection
/// is idle it holds none of the pooled buffers, and where the transport waits in its place not even the flow. Responses of a pipeline share a flush: the output is sent when no complete request is left to answer.
/// </remarks>
internal sealed class Http1Connection : IPeerWatcher
{
    // After so many requests in one go everybody else on the loop has a turn.
    private const int MaxBatch = 64;

    private readonly Connection _connection;
    private readonly ProtocolContext _context;
    private readonly ProtocolTimeouts _timeouts;
    private readonly PipeReader _input;
    private readonly BlockPipeReader? _blocks;
    private readonly Request _request;
    private readonly RequestHeadReader _headReader;
    private readonly RequestHead _head;
    private readonly Http1Response _response;
    private readonly RequestBodies _bodies;
    private readonly ConnectionEnd _end;
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();
    private readonly long _firstDeadline;
    private Http1Body? _body;
    private long _waitingSince;
    private long _headSince;
    private long _drainSince;
    private bool _inputEnded;

    /// <summary>An engine for a connection whose first bytes have arrived.</summary>
    public Http1Connection(Connection connection, ProtocolContext context)
    {
        _connection = connection;
        _context = context;
        _timeouts = context.Timeouts;
        _input = connection.Input;
        _blocks = _input as BlockPipeReader;
        _request = new Request
        {
            Connection = connection,
            Draining = context.Draining,
            Scheduling = context.Scheduling,
            Watcher = this,
        };
        _headReader = new RequestHeadReader(context.Limits);
        _head = new RequestHead(context.Limits, _request.Header, isSecure: connection.Tls is not null);
        _response = new Http1Response(connection, context);
        _bodies = new RequestBodies(connection, context, _response);
        _end = new ConnectionEnd(connection, context, _response, _headReader);
        // The clock of the first request runs from the accept: whoever accepted the connection has set it.
        _firstDeadline = connection.ReadDeadline != Connection.NoDeadline ? connection.ReadDeadline : After(Environment.TickCount64, _timeouts.ReadHeader);
    }

    /// <summary>Serves the connection on after <c>Upgrade: h2c</c>; null where that is not offered.</summary>
    public Func<Connection, ProtocolContext, UpgradeRequest, Task<ConnectionOutcome>>? UpgradeToHttp2 { get; init; }

    /// <summary>The last call of <see cref="ServeAsync"/> ended with <see cref="ConnectionOutcome.Idle"/>: there may be another.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>
    /// Serves the connection to its end, to the request boundary at which it is to be handed over, or where <see cref="Connection.WaitsWhileIdle"/> until it is idle.
    /// Does not throw. Called again after it was idle, with whatever came: bytes, the end, the deadline or a request to leave.
    /// </summary>
    public async ValueTask<ConnectionOutcome> ServeAsync()
    {
        var wasIdle = IsIdle;
        IsIdle = false;
        try
        {
            var inBatch = 0;
            while (true)
            {
                if (_connection.Leave == LeaveRequest.HandOver) return await _end.HandOverAsync().ConfigureAwait(false);

                var status = TryTake() ? RequestHeadReader.Status.Complete : _input.TryRead(out var unread) ? Examine(unread) : RequestHeadReader.Status.Incomplete;
                var rejection = _headReader.Rejection;
                while (status == RequestHeadReader.Status.Incomplete)
                {
                    if (_response.HasUnflushed && !await _response.SendAllAsync().ConfigureAwait(false)) return ConnectionOutcome.Close;
                    if (_connection.Leave == LeaveRequest.HandOver) return await _end.HandOverAsync().ConfigureAwait(false);
                    inBatch = 0;
                    // Silence where no request has begun.
                    if (_headReader.Length == 0 && (_inputEnded || (wasIdle && DeadlinePassed))) return ConnectionOutcome.Close;
                    BeginWait();
                    if (_headReader.Length == 0 && _connection.WaitsWhileIdle)
                    {
                        IsIdle = true;
                        return ConnectionOutcome.Idle;
                    }
                    var result = await _input.ReadAsync().ConfigureAwait(false);
                    // Also held against bytes that came in time for this wait: else a byte now and then would always beat the transport's clock.
                    var timedOut = DeadlinePassed;
                    status = Examine(result);
                    rejection = _headReader.Rejection;
                    if (status != RequestHeadReader.Status.Incomplete || !(result.IsCompleted || timedOut)) continue;

                    if (_headReader.Length == 0) return ConnectionOutcome.Close;
                    rejection = timedOut ? Rejections.Timeout : SyntaxErrors.Incomplete;
                    break;
                }

                wasIdle = false;
                if (rejection is null && _head.Parse(_headReader.Buffer, _headReader.Length) is { } refused) rejection = _headReader.FirstRejection(refused);
                if (rejection is not null)
                {
                    await _end.RejectAsync(rejection).ConfigureAwait(false);
                    return ConnectionOutcome.Close;
                }

                if (_head.AsksForUpgrade && UpgradeToHttp2 is not null && _connection.Leave == LeaveRequest.None && Http2Upgrade.Read(_head, _request.Header) is { } upgrade)
                    return await UpgradeAsync(upgrade).ConfigureAwait(false);

                BeginRequest();
                var task = Invoke(out var failure);
                if (!task.IsCompletedSuccessfully) failure = await AwaitHandlerAsync(task).ConfigureAwait(false);
                if (ExecutionContext.Capture() != _executionContext) RestoreExecutionContext();

                if (_response.IsHijacked)
                {
                    if (failure is not null) _context.Logger.HandlerFailed(_connection.Id, failure);
                    if (_request.IsCancellationWatched) CancelRequest();
                    return ConnectionOutcome.Hijacked;
                }
                bool goesOn;
                if (failure is null && _body is null)
                {
                    _response.Finish();
                    goesOn = GoesOn;
                }
                else
                {
                    goesOn = await FinishAsync(failure).ConfigureAwait(false);
                }
                var bodyEnded = _body is null or { IsEnded: true, Failure: null };
                EndRequest();
                if (!goesOn)
                {
                    // A client that did not ask for the end may have sent more already.
                    await _end.RunAsync(linger: !bodyEnded || _head.KeepAlive).ConfigureAwait(false);
                    return ConnectionOutcome.Close;
                }

                if (_response.IsFull && !await _response.SendAllAsync().ConfigureAwait(false)) return ConnectionOutcome.Close;
                if (++inBatch < MaxBatch) continue;
                inBatch = 0;
                if (!await _response.SendAllAsync().ConfigureAwait(false)) return ConnectionOutcome.Close;
                await _connection.YieldAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Nothing above throws for what a client or a handler does.
            _context.Logger.EngineFailed(_connection.Id, exception);
            _connection.Abort();
            return ConnectionOutcome.Close;
        }
        finally
        {
            if (!IsIdle)
            {
                _connection.OnPeerClosed(null, null);
                _bodies.Reset();
                _headReader.Release();
                _response.ReleaseBuffer();
            }
        }
    }

    private bool DeadlinePassed => _connection.ReadDeadline is var deadline && deadline != Connection.NoDeadline && Environment.TickCount64 >= deadline;

    /// <summary>After a response that was finished: another request may follow on this connection.</summary>
    private bool GoesOn => _response.KeepAlive && !_response.IsShort && !_response.IsOverrun;

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;

    /// <summary>
    /// Takes the next request of a pipeline, which mostly lies whole in the block that is being read: without a read, its result and its positions, whose
    /// copies were a tenth of such a request.
    /// </summary>
    private bool TryTake()
    {
        if (_blocks is null || !_headReader.TryTake(_blocks.FirstUnread, out var length)) return false;
        _blocks.Skip(length);
        _connection.SetState(ConnState.Active);
        return true;
    }

    /// <summary>Looks at the unread bytes for a head, and leaves them unread until it is complete.</summary>
    private RequestHeadReader.Status Examine(in ReadResult result)
    {
        _inputEnded = result.IsCompleted;
        var status = _headReader.Read(result.Buffer, out var consumed);
        _input.AdvanceTo(consumed, status == RequestHeadReader.Status.Incomplete ? result.Buffer.End : consumed);
        if (_headReader.Length > 0) _connection.SetState(ConnState.Active);
        return status;
    }

    /// <summary>Nothing complete to answer: sets the deadline for what is missing, and lets go of buffers if nothing at all is there.</summary>
    private void BeginWait()
    {
        var deadline = Connection.NoDeadline;
        if (_headReader.Length > 0)
        {
            if (_connection.RequestsServed == 0)
            {
                deadline = _firstDeadline;
            }
            else if (_timeouts.ReadHeader >= 0)
            {
                if (_headSince == 0) _headSince = Environment.TickCount64;
                deadline = _headSince + _timeouts.ReadHeader;
            }
        }
        else
        {
            if (_connection.RequestsServed > 0) _connection.SetState(ConnState.Idle);
            _headReader.Release();
            _request.Header.Release();
            _response.ReleaseBuffer();
            var leaving = _connection.Leave == LeaveRequest.Drain;
            if (_waitingSince == 0 && (leaving || _timeouts.Idle >= 0)) _waitingSince = Environment.TickCount64;
            deadline = _connection.RequestsServed == 0 ? _firstDeadline : After(_waitingSince, _timeouts.Idle);
            // A request may be under way to us: only after the grace time may the connection end without having said so in a response.
            if (leaving) deadline = Math.Min(deadline, After(_drainSince == 0 ? _drainSince = Environment.TickCount64 : _drainSince, _timeouts.DrainGrace));
        }
        _connection.ReadDeadline = deadline;
    }

    private void BeginRequest()
    {
        _connection.SetState(ConnState.Active);
        if (_timeouts.Write >= 0) _connection.WriteDeadline = Environment.TickCount64 + _timeouts.Write;
        _body = _head.ContentLength == 0 ? null : _bodies.Begin(_head, BodyDeadline());
        _request.Begin(_head.Method, _head.Target, _body ?? RequestBody.None);
        _request.Host = _head.Host;
        _request.ContentLength = _head.ContentLength;
        _request.Protocol = _head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1";
        var isLast = _context.Limits.MaxRequestsPerConnection > 0 && _connection.RequestsServed + 1 >= _context.Limits.MaxRequestsPerConnection;
        _response.Begin(_head.Method, _head.MinorVersion, _head.KeepAlive && !isLast);
    }

    private long BodyDeadline()
    {
        if (_timeouts.Read < 0) return Connection.NoDeadline;
        if (_connection.RequestsServed == 0 && _firstDeadline != Connection.NoDeadline) return _firstDeadline - _timeouts.ReadHeader + _timeouts.Read;
        return (_headSince != 0 ? _headSince : Environment.TickCount64) + _timeouts.Read;
    }

    private Task Invoke(out Exception? failure)
    {
        failure = null;
        try
        {
            var handler = _head.Target.RawPath == "*" ? OptionsHandler.Instance : _context.Handler;
            return handler.ServeHttpAsync(_response, _request) ?? throw new InvalidOperationException("The handler returned null in place of a task.");
        }
        catch (Exception exception)
        {
            failure = exception;
            return Task.CompletedTask;
        }
    }

    private async ValueTask<Exception?> AwaitHandlerAsync(Task task)
    {
        // The client must not wait for this response to get those before it.
        if (!task.IsCompleted && _response.HasUnflushed) await _response.FlushEarlierAsync().ConfigureAwait(false);
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    // AsyncLocal values that a synchronous handler set would otherwise be there in the connection's next request.
    private void RestoreExecutionContext()
    {
        if (_executionContext is not null) ExecutionContext.Restore(_executionContext);
    }

    /// <summary>Ends a request that had a body or whose handler failed. True if the connection goes on.</summary>
    private async ValueTask<bool> FinishAsync(Exception? failure)
    {
        if (_body is not null && !_body.TryTakeBack())
        {
            _context.Logger.BodyReadAbandoned(_connection.Id);
            await _end.AbortAsync().ConfigureAwait(false);
            return false;
        }
        if (failure is not null)
        {
            await FailAsync(failure).ConfigureAwait(false);
            return false;
        }

        var limit = _context.Limits.MaxDiscardBytes;
        var unread = _body is { IsEnded: false } ? _body : null;
        if (unread is not null)
        {
            // Known beforehand, it is said with the response (RFC 9112 section 9.6). A client that still waits for 100 Continue may never send the body.
            if (unread.Failure is not null || _bodies.OwesContinue || unread.IsTooLargeToDiscard(limit)) _response.KeepAlive = false;
            else if (!_response.IsCommitted && _head.ContentLength < 0 && !await unread.DiscardAsync(limit).ConfigureAwait(false)) _response.KeepAlive = false;
        }
        if (_body?.Failure is { Status: 400 or 431 } malformed && !_response.IsCommitted)
        {
            // The handler looked away, but what came was no request: nothing is answered as if it were.
            _end.Refuse(malformed);
            return false;
        }
        _response.Finish();
        if (!GoesOn) return false;
        if (unread is null || unread.IsEnded) return true;

        // The client may wait for the response before it sends the rest.
        return await _response.SendAllAsync().ConfigureAwait(false) && await unread.DiscardAsync(limit).ConfigureAwait(false);
    }

    /// <summary>The handler threw: answers what can still be answered. The connection does not go on.</summary>
    private async ValueTask FailAsync(Exception failure)
    {
        var cause = _body?.Failure;
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

    private void EndRequest()
    {
        _connection.ActiveSite = null;
        if (_request.IsCancellationWatched)
        {
            _connection.OnPeerClosed(null, null);
            CancelRequest();
        }
        _bodies.Reset();
        _body = null;
        _request.Reset();
        _headReader.Reset();
        _waitingSince = _headSince = 0;
        _connection.RequestsServed++;
    }

    void IPeerWatcher.WatchPeer() => _connection.OnPeerClosed(static engine => ((Http1Connection)engine!).CancelRequest(), this);

    private void CancelRequest()
    {
        try
        {
            _request.Cancel();
        }
        catch (Exception exception)
        {
            _context.Logger.CancellationCallbackFailed(_connection.Id, exception);
        }
    }

    private async Task<ConnectionOutcome> UpgradeAsync(UpgradeRequest upgrade)
    {
        _connection.SetState(ConnState.Active);
        if (_timeouts.Write >= 0) _connection.WriteDeadline = Environment.TickCount64 + _timeouts.Write;
        if (!await _response.SwitchProtocolsAsync().ConfigureAwait(false)) return ConnectionOutcome.Close;
        _request.Reset();
        _headReader.Release();
        _response.ReleaseBuffer();
        return await UpgradeToHttp2!(_connection, _context, upgrade).ConfigureAwait(false);
    }
}
