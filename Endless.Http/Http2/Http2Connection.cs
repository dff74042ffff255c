using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>Serves HTTP/2 (RFC 9113) on one connection, from the client's preface on.</summary>
/// <remarks>
/// Handlers run concurrently and write from any thread, while the reading flow takes in frames. One lock, the gate, guards all they share: the streams'
/// states, windows, HPACK's tables and the output's frames. It is held for a batch of frames or for one write, never while something is sent or application code
/// runs: what is to run goes into <see cref="Ready"/> and is called outside.
/// </remarks>
internal sealed class Http2Connection : IProtocolEngine
{
    private readonly ProtocolContext _context;
    private readonly ProtocolTimeouts _timeouts;
    private readonly FrameReceiver _receiver;
    private readonly HandlerRunner _runner;
    private readonly StreamDeadlines _deadlines;
    private readonly GoAway _goAway;
    private readonly ReadingFlow _flow;
    private readonly HalfClose _halfClose;
    private readonly Lock _stateReport = new();
    private TaskCompletionSource? _handlersDone;
    private bool _settingsAcked;
    private long _begun;

    public Http2Connection(Connection transport, ProtocolContext context)
    {
        Transport = transport;
        transport.StayHere(); // streams and the compression's tables live in this process
        _context = context;
        _timeouts = context.Timeouts;
        Budget = new ConnectionBudget(context.Budget, transport);
        Ready = new ReadyQueue(Gate, transport) { TakeOver = turn => _flow!.RunAsync(turn), RanBeside = FlushSoon };
        Output = new ConnectionOutput(transport, Gate, Budget, _timeouts.Write) { RoomMade = () => Sender!.Pump(), Broke = () => _halfClose!.Look() };
        Sender = new StreamSender(this, Output, Peer);
        Account = new ReceiveAccount(Output, Budget);
        Streams = new StreamTable(this, context);
        _receiver = new FrameReceiver(this, context);
        _runner = new HandlerRunner(this, transport, context);
        _deadlines = new StreamDeadlines(this, _timeouts, context.Limits);
        _goAway = new GoAway(Transport, Output, Streams);
        _flow = new ReadingFlow(this, _receiver, _deadlines, _goAway, _timeouts);
        _halfClose = new HalfClose(this, _deadlines);
    }

    /// <summary>Guards everything that is shared by the connection's flows.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The bytes underneath.</summary>
    public Connection Transport { get; }

    public PeerSettings Peer { get; } = new();

    public ConnectionOutput Output { get; }

    public StreamSender Sender { get; }

    public ReceiveAccount Account { get; }

    public ConnectionBudget Budget { get; }

    public StreamTable Streams { get; }

    public ReadyQueue Ready { get; }

    /// <summary>The last stream was named to the client: later ones are not served.</summary>
    public bool HasLeft => _goAway.IsFinal;

    /// <summary>The client has ended its side: no frame comes any more, and its responses are finished.</summary>
    public bool IsHalfClosed => _halfClose.HasBegun;

    /// <summary>Serves the connection to its end. Does not throw.</summary>
    /// <param name="upgrade">The request that asked for HTTP/2 on a connection of HTTP/1.1: it is stream 1.</param>
    public async Task<ConnectionOutcome> ServeAsync(UpgradeRequest? upgrade = null)
    {
        try
        {
            lock (Gate)
            {
                // RFC 9113 section 3.4: the server's preface, which need not wait for the client's.
                Output.Frames.WriteSettings(
                    new Setting(SettingId.MaxConcurrentStreams, Http2Limits.MaxConcurrentStreams),
                    new Setting(SettingId.MaxHeaderListSize, (uint)_context.Limits.MaxHeaderBytes));
                Account.Open();
                // RFC 9113 section 9.2.2. Only where the application names the suites: by itself the server does without these.
                if (Transport.Tls is { HasStrongCipherSuite: false }) Fail(Http2Error.Connection(ErrorCode.InadequateSecurity, "The cipher suite is one that HTTP/2 prohibits."));
                if (upgrade is not null) Begin(upgrade);
            }
            // Before the flow starts: a handler may block this thread within it, for what only the connection's end gives it. Then another thread reads on, and ends the connection.
            var end = EndWhenReadAsync();
            _ = _flow.RunAsync(turn: 0);
            await end.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing above throws for what a client or a handler does.
            _context.Logger.EngineFailed(Transport.Id, exception);
            Transport.Abort();
            ResetAll();
        }
        finally
        {
            lock (Gate) Budget.End();
        }
        return ConnectionOutcome.Close;
    }

    private async Task EndWhenReadAsync()
    {
        await _flow.Completion.ConfigureAwait(false);
        if (_flow.HasInputEnded && !Transport.IsBroken) await _halfClose.FinishAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    /// <remarks>Under the gate, so that no stream is used again meanwhile. What is handed out, the request, was made for its stream alone, and its name is of immutable control data.</remarks>
    public void AddRequests(RequestsUnderWay requests)
    {
        lock (Gate) Streams.AddTo(requests, Transport.Now);
    }

    /// <summary>A connection error (RFC 9113 section 5.4.1).</summary>
    public void Fail(Http2Error error) => _flow.Fail(error);

    /// <summary>Opens a stream whose header section was read, and has its handler called.</summary>
    /// <param name="stream">The stream, not opened.</param>
    /// <param name="frame">The frame that opens it.</param>
    /// <param name="head">The section.</param>
    /// <param name="rejection">Why it is refused; null if it is not. With <see cref="Rejections.HeaderTooLarge"/> nothing of the section was read.</param>
    /// <param name="method">The method, if it is known although nothing was read.</param>
    public void Begin(Http2Stream stream, in FrameHeader frame, RequestHead head, Rejection? rejection, string? method)
    {
        stream.Open(frame.StreamId, frame.EndStream, Peer.InitialWindowSize);
        Streams.Add(stream);
        var limits = _context.Limits;
        var body = frame.EndStream ? null : stream.OpenBody();
        stream.Rejection = rejection;
        if (rejection == Rejections.HeaderTooLarge)
        {
            // Nobody read the rest of the section.
            body?.Open(-1, limits.MaxBodyBytes, expectsContinue: false);
            stream.OpenRequest(new ControlData(method ?? "", null, ProtocolVersion.Http20, ""), contentLength: 0, body ?? RequestBody.None);
        }
        else
        {
            body?.Open(head.ContentLength, limits.MaxBodyBytes, head.ExpectsContinue);
            stream.OpenRequest(head.ControlData, head.ContentLength, body ?? RequestBody.None);
        }
        Start(stream);
    }

    /// <summary>Opens stream 1 with the request that asked for HTTP/2 and the settings that came with it.</summary>
    private void Begin(UpgradeRequest upgrade)
    {
        var settings = new ReadOnlySequence<byte>(upgrade.Settings);
        if (_receiver.ApplySettings(ref settings) is { IsError: true } error)
        {
            Fail(error);
            return;
        }
        var stream = Streams.Take();
        stream.Fields.CopyFrom(upgrade.Fields);
        stream.Open(1, endStream: true, Peer.InitialWindowSize);
        stream.Rejection = null;
        if (!Budget.TryOpenStream(0))
        {
            Fail(Http2Error.Connection(ErrorCode.EnhanceYourCalm, "The server holds as much as it can."));
            return;
        }
        Streams.LastId = 1;
        Streams.Add(stream);
        stream.OpenRequest(upgrade.ControlData, contentLength: 0, RequestBody.None);
        Start(stream);
    }

    private void Start(Http2Stream stream)
    {
        _deadlines.OnOpened(stream);
        Ready.Add(static stream => ((Http2Stream)stream!).Start(), stream);
        // As on HTTP/1 a connection may have its day, here with the notice that lets the client move on without losing a request.
        if (_context.Limits.MaxRequestsPerConnection > 0 && ++_begun >= _context.Limits.MaxRequestsPerConnection) _goAway.Announce(_timeouts.DrainGrace);
    }

    /// <summary>Refuses a request unseen: the client may send it again (RFC 9113 section 8.7).</summary>
    public void Refuse(int streamId)
    {
        Output.Frames.WriteRstStream(streamId, ErrorCode.RefusedStream);
        Streams.Closed.Add(streamId, StreamClosure.ResetHere, Http2Limits.StreamWindow);
    }

    /// <summary>A stream error (RFC 9113 section 5.4.2) on a stream that may be open or not.</summary>
    public void ResetHere(int streamId, ErrorCode code)
    {
        // A client can have its requests cut short this way as well as by RST_STREAM (CVE-2025-8671).
        if (!_receiver.AffordsReset())
        {
            Fail(Http2Error.Connection(ErrorCode.EnhanceYourCalm, "Too many stream errors."));
        }
        else if (Streams.Find(streamId) is { } stream)
        {
            ResetHere(stream, code);
        }
        else
        {
            Output.Frames.WriteRstStream(streamId, code);
            if (streamId == Streams.LastId && Streams.Closed.Find(streamId) == StreamClosure.Unknown) Streams.Closed.Add(streamId, StreamClosure.ResetHere, Http2Limits.StreamWindow);
        }
    }

    /// <summary>Cuts an open stream short.</summary>
    public void ResetHere(Http2Stream stream, ErrorCode code)
    {
        if (stream.IsClosed) return;
        Output.Frames.WriteRstStream(stream.Id, code);
        stream.Reset(StreamClosure.ResetHere, new RequestBodyException(400, "The request was cut short: its stream broke the rules of HTTP/2, or took too long."));
    }

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE changed: so do the windows of open streams (RFC 9113 section 6.9.2). False if one exceeds 2^31-1.</summary>
    public bool TryMoveWindows(int by)
    {
        if (by == 0) return true;
        foreach (var stream in Streams.Open)
            if (!Sender.TryMoveWindow(stream, by)) return false;
        return true;
    }

    public Http2Error OnSettingsAck()
    {
        if (_settingsAcked) return Http2Error.Connection(ErrorCode.ProtocolError, "An acknowledgement of SETTINGS that were not sent.");
        _settingsAcked = true;
        return default;
    }

    public void OnPingAck(ulong data) => _goAway.OnPingAck(data);

    /// <summary>The client takes leave: it opens no more streams, and those open are finished.</summary>
    public void OnGoAway() => _goAway.Finish();

    public void OnAnswered() => _receiver.OnAnswered();

    /// <summary>A stream is closed; its handler may still run.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="closure">How.</param>
    /// <param name="window">What was left of the client's window.</param>
    public void OnClosed(Http2Stream stream, StreamClosure closure, int window)
    {
        Streams.Remove(stream, closure, window);
        if (Streams.Count > 0) return;
        _halfClose.Look();
        _flow.IdleSince = Transport.Now;
        // The reading flow may be waiting for the last stream of a connection that takes leave.
        if (_goAway.IsFinal && !Ready.IsReceiving) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>The rest of a stream's request is thrown away.</summary>
    public void OnDiscarding(Http2Stream stream)
    {
        Account.GiveUp(stream.Body!);
        _deadlines.OnDiscarding(stream);
        // The reading flow may be waiting for longer.
        if (!Ready.IsReceiving) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>A stream has something to send, and the client's windows are shut.</summary>
    public void OnShut(Http2Stream stream)
    {
        _deadlines.OnShut(stream);
        // As above, but for most of the time it is awake soon enough.
        if (!Ready.IsReceiving && Transport.ReadDeadline > _deadlines.Next) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>A handler returned.</summary>
    public void OnHandlerDone(Http2Stream stream)
    {
        Streams.LeftBehind.Remove(stream);
        stream.OnHandlerDone();
        Transport.RequestsServed++;
        if (--Streams.Running == 0) _handlersDone?.TrySetResult();
    }

    /// <summary>A handler has seen octets of a body. Outside the gate.</summary>
    public void OnSeen(Http2RequestBody body, int count)
    {
        lock (Gate) Account.Consume(body.OnSeen(count));
        FlushSoon();
    }

    /// <summary>Runs a stream's handler. Outside the gate.</summary>
    public void Run(Http2Stream stream) => _runner.Start(stream);

    /// <summary>Ends the response of a stream that was held. Outside the gate.</summary>
    public void Finish(Http2Stream stream) => _runner.Finish(stream);

    /// <summary>Fires a request's cancellation. Outside the gate.</summary>
    public void CancelRequest(Request request)
    {
        try
        {
            request.Cancel();
        }
        catch (Exception exception)
        {
            _context.Logger.CancellationCallbackFailed(request, Transport.Id, exception);
        }
    }

    /// <summary>Sends what was written, unless this thread runs ready handlers and will send when they have had their turn. Outside the gate.</summary>
    public void FlushSoon()
    {
        if (Ready.RunsHere) return;
        ReportState();
        Output.Flush();
    }

    /// <summary>Tells the server whether the connection is active or idle. Outside the gate.</summary>
    public void ReportState()
    {
        // The state is looked up inside, so that whoever comes last reports what is true.
        lock (_stateReport)
        {
            bool isActive;
            lock (Gate)
            {
                if (!_flow.HasPreface) return;
                isActive = Streams.Count > 0;
            }
            Transport.SetState(isActive ? ConnectionState.Active : ConnectionState.Idle);
        }
    }

    /// <summary>Nothing is read any more: cuts short what still runs, sends what is to be sent, closes, and waits for the handlers.</summary>
    private async Task EndAsync()
    {
        ResetAll();
        var sent = Output.DrainAsync();
        if (Transport.MakesRoom && !sent.IsCompleted) Transport.Abort();
        if (_flow.HasFailed && !sent.IsCompleted)
        {
            // Whoever broke the rules is told, but not waited for.
            await sent.WaitAsync(TimeSpan.FromMilliseconds(_timeouts.Linger)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sent.IsCompleted) Transport.Abort();
        }
        while (!sent.IsCompleted)
        {
            // Whoever reads nothing of it for as long as a stream may stall will not read the rest either.
            var before = Transport.BytesSent;
            await sent.WaitAsync(TimeSpan.FromMilliseconds(Http2Limits.StallTimeout)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sent.IsCompleted && Transport.BytesSent == before) Transport.Abort();
        }
        await sent.ConfigureAwait(false);
        lock (Gate) Output.Close();
        // Not by whether the client has closed: what it sent before that may be unread, and a close would then be a reset, which can cost it the GOAWAY.
        if (!_flow.HasInputEnded && !Transport.MakesRoom) await LingeringClose.RunAsync(Transport, _timeouts.Linger).ConfigureAwait(false);
        Transport.Close();

        Task handlers;
        lock (Gate) handlers = Streams.Running == 0 ? Task.CompletedTask : (_handlersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        await handlers.ConfigureAwait(false);
    }

    private void ResetAll()
    {
        lock (Gate)
        {
            Ready.IsReceiving = false;
            foreach (var stream in Streams.Open.ToArray()) stream.Reset(StreamClosure.ResetHere, new RequestBodyException(400, "The client is gone."));
        }
        Ready.RunBeside();
    }
}
