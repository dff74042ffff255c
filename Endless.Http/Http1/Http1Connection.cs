using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Buffers;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>Serves HTTP/1.0 and HTTP/1.1 on one connection (RFC 9112): reads heads, has each request answered, and waits for the next.</summary>
/// <remarks>
/// One flow from request to request. Its objects are reused, so that a request costs what its handler sees of it and nothing else; while the connection
/// is idle it holds none of the pooled buffers, and where the transport waits in its place not even the flow. Responses of a pipeline share a flush: the
/// output is sent when no complete request is left to answer.
/// </remarks>
internal sealed class Http1Connection : IProtocolEngine
{
    // After so many requests in one go, other connections have a turn.
    private const int MaxBatch = 64;

    private readonly Connection _connection;
    private readonly ProtocolContext _context;
    private readonly PipeReader _input;
    private readonly BlockPipeReader? _blocks;
    private readonly Http1Timeouts _timeouts;
    private readonly RequestHeadReader _headReader;
    private readonly Http1Response _response;
    private readonly ConnectionEnd _end;
    private readonly Http1Exchange _exchange;
    private bool _inputEnded;
    private HeadBudget _budget;

    /// <summary>An engine for a connection whose first bytes have arrived.</summary>
    public Http1Connection(Connection connection, ProtocolContext context)
    {
        _connection = connection;
        _context = context;
        _input = connection.Input;
        _blocks = _input as BlockPipeReader;
        _timeouts = new Http1Timeouts(connection, context.Timeouts);
        _budget = new HeadBudget(context, connection);
        _headReader = new RequestHeadReader(context.Limits);
        _response = new Http1Response(connection, context);
        _end = new ConnectionEnd(connection, context, _timeouts, _response, _headReader);
        _exchange = new Http1Exchange(connection, context, _timeouts, _response, _end);
    }

    /// <summary>Serves the connection on after <c>Upgrade: h2c</c>; null where that is not offered.</summary>
    public Func<Connection, ProtocolContext, UpgradeRequest, Task<ConnectionOutcome>>? UpgradeToHttp2 { get; init; }

    /// <remarks>The answer to one under way ends the connection, or the connection goes to another process with it.</remarks>
    public bool TakesRequests => _connection.State is ConnectionState.New or ConnectionState.Idle;

    /// <summary>The last call of <see cref="ServeAsync"/> ended with <see cref="ConnectionOutcome.Idle"/>: there may be another.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>
    /// Serves the connection to its end, to the request boundary at which it is to be handed over, or where <see cref="Connection.WaitsWhileIdle"/> until it is idle.
    /// Does not throw. Called again after it was idle, with whatever came: bytes, the end, the deadline or a request to leave. To be awaited once: its state is pooled.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConnectionOutcome> ServeAsync()
    {
        var gaveUp = (IsIdle && _connection.ReadTimedOut) || _connection.MakesRoom; // looked at before the first read, which forgets it
        IsIdle = false;
        try
        {
            var inBatch = 0;
            while (true)
            {
                if (_connection.Leave == LeaveRequest.HandOver) return await _end.HandOverAsync().ConfigureAwait(false);

                var isRepeated = TryRepeat();
                var status = isRepeated || TryTake() ? RequestHeadReader.Status.Complete : _input.TryRead(out var unread) ? Examine(unread) : RequestHeadReader.Status.Incomplete;
                var rejection = _headReader.Rejection;
                while (status == RequestHeadReader.Status.Incomplete)
                {
                    if (_response.HasUnflushed && !(SendsWhileIdle && !gaveUp) && !await _response.SendAllAsync().ConfigureAwait(false)) return ConnectionOutcome.Close;
                    if (_connection.Leave == LeaveRequest.HandOver) return await _end.HandOverAsync().ConfigureAwait(false);
                    inBatch = 0;
                    // Silence where no request has begun.
                    if (_headReader.Length == 0 && (_inputEnded || gaveUp)) return ConnectionOutcome.Close;
                    BeginWait();
                    if (_headReader.Length == 0 && _connection.WaitsWhileIdle)
                    {
                        IsIdle = true;
                        return ConnectionOutcome.Idle;
                    }
                    if (_headReader.Length > 0 && _budget.Hold(_headReader.Length) is { } overloaded)
                    {
                        rejection = overloaded;
                        break;
                    }
                    var result = await _input.ReadAsync().ConfigureAwait(false);
                    var timedOut = _connection.ReadTimedOut;
                    status = Examine(result);
                    rejection = _headReader.Rejection;
                    if (status != RequestHeadReader.Status.Incomplete || !(result.IsCompleted || timedOut)) continue;

                    if (_headReader.Length == 0) return ConnectionOutcome.Close;
                    rejection = RequestHeadReader.Unfinished(timedOut);
                    break;
                }

                gaveUp = false;
                _connection.IsWithinHead = false;
                var head = _exchange.Head;
                if (!isRepeated && rejection is null && head.Parse(_headReader.Buffer, _headReader.Length) is { } refused) rejection = _headReader.FirstRejection(refused);
                if (rejection is not null)
                {
                    _end.Reject(rejection);
                    return await EndAsync(linger: true).ConfigureAwait(false);
                }

                if (head.AsksForUpgrade && UpgradeToHttp2 is not null && _connection.Leave == LeaveRequest.None && Http2Upgrade.Read(head, _exchange.Fields) is { } upgrade)
                    return await UpgradeAsync(upgrade).ConfigureAwait(false);

                var outcome = await _exchange.RunAsync().ConfigureAwait(false);
                if (outcome == ExchangeOutcome.Hijacked) return ConnectionOutcome.Hijacked;
                _headReader.Reset();
                _budget.Empty();
                _timeouts.Reset();
                _connection.RequestsServed++;
                if (outcome != ExchangeOutcome.KeepAlive) return await EndAsync(linger: outcome == ExchangeOutcome.Linger).ConfigureAwait(false);

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
                _exchange.Close();
                ReleaseHead();
                _response.ReleaseBuffer();
                _budget.Release();
            }
        }
    }

    /// <summary>Nothing has begun and nobody wants the connection: what was answered may leave when the loop's other connections have had their turn.</summary>
    private bool SendsWhileIdle => _headReader.Length == 0 && !_inputEnded && _connection.Leave == LeaveRequest.None && _connection.SendsWhileIdle;

    public void AddRequests(RequestsUnderWay requests) => _exchange.AddTo(requests);

    /// <summary>Takes the next request, if it lies whole in the block that is being read and has the fields of the one before.</summary>
    private bool TryRepeat()
    {
        if (_blocks is null || !_exchange.Head.TryRepeat(_blocks.FirstUnread, _headReader.Last, out var length)) return false;
        _headReader.Repeat();
        _blocks.Skip(length);
        _connection.SetState(ConnectionState.Active);
        return true;
    }

    /// <summary>
    /// Takes the next request of a pipeline, which mostly lies whole in the block that is being read: without a read, its result and its positions, whose
    /// copies were a tenth of such a request.
    /// </summary>
    private bool TryTake()
    {
        if (_blocks is null || !_headReader.TryTake(_blocks.FirstUnread, out var length)) return false;
        _blocks.Skip(length);
        _connection.SetState(ConnectionState.Active);
        return true;
    }

    /// <summary>Looks at the unread bytes for a head, and leaves them unread until it is complete.</summary>
    private RequestHeadReader.Status Examine(in ReadResult result)
    {
        _inputEnded = result.IsCompleted;
        var status = _headReader.Read(result.Buffer, out var consumed);
        _input.AdvanceTo(consumed, status == RequestHeadReader.Status.Incomplete ? result.Buffer.End : consumed);
        if (_headReader.Length > 0) _connection.SetState(ConnectionState.Active);
        return status;
    }

    /// <summary>Nothing complete to answer: sets the deadline for what is missing, and lets go of buffers if nothing at all is there.</summary>
    private void BeginWait()
    {
        if (_headReader.Length > 0)
        {
            _connection.IsWithinHead = true;
            _timeouts.WaitForHeader();
            return;
        }
        _budget.Release();
        if (_connection.RequestsServed > 0) _connection.SetState(ConnectionState.Idle);
        if (!_connection.MayKeepMemory || !_headReader.IsSmall) ReleaseHead();
        _response.ReleaseBuffer();
        _timeouts.WaitForRequest();
    }

    /// <summary>Gives the last head's buffer back, and first forgets the fields, which lie in it.</summary>
    private void ReleaseHead()
    {
        _exchange.Release();
        _headReader.Release();
    }

    private async ValueTask<ConnectionOutcome> EndAsync(bool linger)
    {
        ReleaseHead();
        await _end.RunAsync(linger).ConfigureAwait(false);
        return ConnectionOutcome.Close;
    }

    private async Task<ConnectionOutcome> UpgradeAsync(UpgradeRequest upgrade)
    {
        _connection.SetState(ConnectionState.Active);
        _timeouts.BeginResponse();
        if (!await _response.SwitchProtocolsAsync(Http2Upgrade.SwitchingProtocols).ConfigureAwait(false)) return ConnectionOutcome.Close;
        ReleaseHead();
        _response.ReleaseBuffer();
        return await UpgradeToHttp2!(_connection, _context, upgrade).ConfigureAwait(false);
    }
}
