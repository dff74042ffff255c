using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Endless.Http.Http2.Frames;
using Endless.Http.Messages;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http2;

/// <summary>Serves HTTP/2 (RFC 9113) on one connection, from the client's preface on.</summary>
/// <remarks>
/// <para><b>One gate.</b> Handlers run concurrently and write from any thread, while the reading flow takes in frames. One lock guards all they share: the
/// streams' states, windows, HPACK's tables and the output's frames. It is held for a batch of frames or for one write, never while something
/// is sent or application code runs: what is to run goes into <see cref="Ready"/> and is called outside.</para>
/// <para><b>The reading flow and handlers that block.</b> A handler starts on the thread that read its request, so it may hold that thread for ever, or until
/// the client sends something that only this flow can read. Therefore, before the flow calls handlers, it posts a watch to its loop. If the handlers are
/// done when it comes up it does nothing. If they are not, the loop runs on another thread because this one is blocked: the watch becomes the
/// reading flow, under a new <see cref="_turn"/>, and the old one ends when its handler returns and finds its turn over.</para>
/// </remarks>
internal sealed class Http2Connection
{
    // In place of a turn: not the reading flow.
    private const int Beside = -1;

    // The connection whose ready handlers the thread runs: what they write is sent when they have all had their turn.
    [ThreadStatic]
    private static Http2Connection? _threadRunning;

    private readonly ProtocolContext _context;
    private readonly ProtocolTimeouts _timeouts;
    private readonly FrameReceiver _receiver;
    private readonly HandlerRunner _runner;
    private readonly StreamDeadlines _deadlines;
    private readonly GoAway _goAway;
    private readonly Lock _stateReport = new();
    private readonly TaskCompletionSource _read = new();
    private readonly long _firstDeadline;
    private TaskCompletionSource? _handlersDone;
    private int _turn;              // of the reading flow
    private bool _isReceiving;      // it takes in frames
    private bool _inHandlers;       // it runs what they made ready
    private bool _isWatched;        // a watch is posted
    private bool _hasPreface;
    private bool _isOver;           // nothing is read any more
    private bool _failed;           // because the client broke the rules
    private bool _settingsAcked;
    private long _idleSince;
    private int _grown;

    public Http2Connection(Connection transport, ProtocolContext context)
    {
        Transport = transport;
        _context = context;
        _timeouts = context.Timeouts;
        LocalAddress = transport.LocalEndPoint;
        RemoteAddress = transport.RemoteEndPoint;
        Ready = new ReadyQueue(this);
        BodyOptions = new PipeOptions(
            readerScheduler: Ready, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0,
            minimumSegmentSize: FrameHeader.DefaultMaxFrameSize, useSynchronizationContext: false);
        Output = new ConnectionOutput(transport, Gate, _timeouts.Write) { RoomMade = () => Sender!.Pump() };
        Sender = new StreamSender(Output, Peer);
        Streams = new StreamTable(this, context);
        _receiver = new FrameReceiver(this, context);
        _runner = new HandlerRunner(this, transport, context);
        _deadlines = new StreamDeadlines(this, _timeouts);
        _goAway = new GoAway(Output, Streams);
        _idleSince = Environment.TickCount64;
        // The clock of the preface runs from the accept: whoever accepted the connection has set it.
        _firstDeadline = transport.ReadDeadline;
    }

    /// <summary>Guards everything that is shared by the connection's flows.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The bytes underneath.</summary>
    public Connection Transport { get; }

    public EndPoint? LocalAddress { get; }

    public EndPoint? RemoteAddress { get; }

    public PeerSettings Peer { get; } = new();

    public ConnectionOutput Output { get; }

    public StreamSender Sender { get; }

    public StreamTable Streams { get; }

    public ReadyQueue Ready { get; }

    /// <summary>For the pipes of bodies: bounded by the windows, and read on where <see cref="Ready"/> says.</summary>
    public PipeOptions BodyOptions { get; }

    /// <summary>The last stream was named to the client: later ones are not served.</summary>
    public bool HasLeft => _goAway.IsFinal;

    /// <summary>Serves the connection to its end. Does not throw.</summary>
    public async Task<ConnectionOutcome> ServeAsync()
    {
        try
        {
            lock (Gate)
            {
                // RFC 9113 section 3.4: the server's preface, which need not wait for the client's.
                Output.Frames.WriteSettings(
                    new Setting(SettingId.MaxConcurrentStreams, Http2Limits.MaxConcurrentStreams),
                    new Setting(SettingId.MaxHeaderListSize, (uint)_context.Limits.MaxHeaderBytes));
                _receiver.OpenWindow();
            }
            _ = ReadAsync(turn: 0);
            await _read.Task.ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nothing above throws for what a client or a handler does.
            _context.Logger.EngineFailed(Transport.Id, exception);
            Transport.Abort();
        }
        return ConnectionOutcome.Close;
    }

    /// <summary>The reading flow.</summary>
    private async Task ReadAsync(int turn)
    {
        try
        {
            while (RunReady(turn))
            {
                ReportState();
                Output.Flush();
                if (!BeforeRead()) break;
                var result = await Transport.Input.ReadAsync().ConfigureAwait(false);
                var rest = result.Buffer;
                lock (Gate)
                {
                    _isReceiving = true;
                    Receive(ref rest);
                    _isReceiving = false;
                    if (result.IsCompleted) _isOver = true;
                }
                Transport.Input.AdvanceTo(rest.Start, rest.End);
                ReportState();
            }
            bool isMine;
            lock (Gate) isMine = _turn == turn;
            if (isMine) _read.TrySetResult();
        }
        catch (Exception exception)
        {
            _read.TrySetException(exception);
        }
    }

    /// <summary>Before each read: what time and the restart code ask for, and until when to wait. False if the connection is over.</summary>
    private bool BeforeRead()
    {
        bool overflows;
        lock (Gate)
        {
            overflows = Output.Frames.Length > Http2Limits.MaxOutput;
            var now = Environment.TickCount64;
            if (!_isOver && Transport.Leave != LeaveRequest.None) _goAway.Announce(_timeouts.DrainGrace);
            if (now >= _goAway.Deadline) _goAway.Finish();
            if (!_isOver && now >= Deadline(now)) OnDeadline(now);
            if (_goAway.IsFinal && Streams.Count == 0) _isOver = true;
            if (!_isOver) Transport.ReadDeadline = Deadline(now);
        }
        // The client asks and does not read the answers: it will not read a GOAWAY either.
        if (overflows) Transport.Abort();
        else Output.Flush();
        return !_isOver;
    }

    private long Deadline(long now)
    {
        var deadline = _goAway.Deadline;
        if (!_receiver.HasSettings) deadline = Math.Min(deadline, _firstDeadline);
        if (_receiver.BlockSince != 0) deadline = Math.Min(deadline, After(_receiver.BlockSince, _timeouts.ReadHeader));
        // A busy connection may become idle while this read waits; no sooner than now, though, and the time is looked at again then.
        if (Streams.Count > 0) return Math.Min(deadline, Math.Min(_deadlines.Next, After(now, _timeouts.Idle)));
        return _goAway.IsAnnounced ? deadline : Math.Min(deadline, After(_idleSince, _timeouts.Idle));
    }

    private void OnDeadline(long now)
    {
        if (!_receiver.HasSettings && now >= _firstDeadline)
            Fail(Http2Error.Connection(ErrorCode.NoError, "The client's preface took too long."));
        else if (_receiver.BlockSince != 0 && now >= After(_receiver.BlockSince, _timeouts.ReadHeader))
            Fail(Http2Error.Connection(ErrorCode.EnhanceYourCalm, "A header block took too long."));
        else if (Streams.Count > 0) _deadlines.Check(now);
        // The client may be opening a stream at this moment: it is told in two steps, as in a restart.
        else _goAway.Announce(_timeouts.DrainGrace);
    }

    private void Receive(ref ReadOnlySequence<byte> buffer)
    {
        if (!_hasPreface && !TryTakePreface(ref buffer)) return;
        while (!_isOver && FrameHeader.TryRead(buffer, out var frame))
        {
            var error = FrameRules.Check(frame, FrameHeader.DefaultMaxFrameSize);
            if (!error.EndsConnection)
            {
                if (buffer.Length < FrameHeader.Size + frame.Length) return;
                if (!error.IsError) error = _receiver.Receive(frame, buffer.Slice(FrameHeader.Size, frame.Length));
                buffer = buffer.Slice(FrameHeader.Size + frame.Length);
            }
            if (!error.IsError) continue;
            if (error.EndsConnection) Fail(error);
            else ResetHere(frame.StreamId, error.Code);
        }
    }

    private bool TryTakePreface(ref ReadOnlySequence<byte> buffer)
    {
        switch (Preface.Recognize(buffer))
        {
            case true:
                _hasPreface = true;
                buffer = buffer.Slice(Preface.Length);
                return true;
            case false:
                Fail(Http2Error.Connection(ErrorCode.ProtocolError, "The client's preface is not that of HTTP/2."));
                return false;
            default:
                return false;
        }
    }

    /// <summary>A connection error (RFC 9113 section 5.4.1).</summary>
    public void Fail(Http2Error error)
    {
        if (_isOver) return;
        _isOver = _failed = true;
        _goAway.Finish(error.Code, error.Reason!);
    }

    /// <summary>Opens a stream whose header section was read, and has its handler called.</summary>
    public void Begin(Http2Stream stream, in FrameHeader frame, RequestHead head, Rejection? rejection)
    {
        stream.Open(frame.StreamId, frame.EndStream, Peer.InitialWindowSize);
        Streams.Add(stream);
        var limits = _context.Limits;
        var body = frame.EndStream ? null : stream.OpenBody();
        stream.Rejection = rejection;
        if (rejection == Rejections.HeaderTooLarge)
        {
            // Nobody read the rest of the section.
            stream.Request.Method = "";
            body?.Open(-1, limits.MaxBodyBytes, expectsContinue: false);
        }
        else
        {
            body?.Open(head.ContentLength, limits.MaxBodyBytes, head.ExpectsContinue);
            stream.Request.Begin(head.Method, head.Target, body ?? RequestBody.None);
            stream.Request.Host = head.Host;
            stream.Request.ContentLength = head.ContentLength;
        }
        stream.Response.Reset(stream.Request.Method == "HEAD");
        _deadlines.OnOpened(stream);
        Ready.Add(static stream => ((Http2Stream)stream!).Start(), stream);
    }

    /// <summary>Refuses a request unseen: the client may send it again (RFC 9113 section 8.7).</summary>
    public void Refuse(int streamId)
    {
        Output.Frames.WriteRstStream(streamId, ErrorCode.RefusedStream);
        Streams.Closed.Add(streamId, StreamClosure.ResetHere);
    }

    /// <summary>A stream error (RFC 9113 section 5.4.2) on a stream that may be open or not.</summary>
    private void ResetHere(int streamId, ErrorCode code)
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
            if (streamId == Streams.LastId && Streams.Closed.Find(streamId) == StreamClosure.Unknown) Streams.Closed.Add(streamId, StreamClosure.ResetHere);
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
        // A stream may close while it sends on.
        foreach (var stream in Streams.Open.ToArray())
            if (!Sender.TryOpen(stream, by)) return false;
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
    public void OnClosed(Http2Stream stream, StreamClosure closure)
    {
        Streams.Remove(stream, closure);
        if (Streams.Count > 0) return;
        _idleSince = Environment.TickCount64;
        // The reading flow may be waiting for the last stream of a connection that takes leave.
        if (_goAway.IsFinal && !_isReceiving) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>The rest of a stream's request is thrown away before its response ends.</summary>
    public void OnHeld(Http2Stream stream)
    {
        GiveUp(stream.Body!);
        _deadlines.OnHeld(stream);
        // The reading flow may be waiting for longer.
        if (!_isReceiving) Ready.Add(static input => ((PipeReader)input!).CancelPendingRead(), Transport.Input);
    }

    /// <summary>A handler returned.</summary>
    public void OnHandlerDone(Http2Stream stream)
    {
        stream.OnHandlerDone();
        if (--Streams.Running == 0) _handlersDone?.TrySetResult();
    }

    /// <summary>A handler consumed octets of a body. Outside the gate.</summary>
    public void OnConsumed(Http2RequestBody body, int count)
    {
        lock (Gate) _receiver.Consume(body.OnConsumed(count));
        FlushSoon();
    }

    /// <summary>Nobody will read what came of a body.</summary>
    public void GiveUp(Http2RequestBody body) => _receiver.Consume(body.GiveUp());

    /// <summary>Nothing more comes of a body.</summary>
    public void Forget(Http2RequestBody body) => _grown -= body.TakeGrowth();

    /// <summary>Whether the window of a stream may grow: all together keep within the connection's.</summary>
    public bool TryGrow(int by)
    {
        if (_grown + by > Http2Limits.MaxWindowGrowth) return false;
        _grown += by;
        return true;
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
            _context.Logger.CancellationCallbackFailed(Transport.Id, exception);
        }
    }

    /// <summary>Sends what was written, unless this thread runs ready handlers and will send when they have had their turn. Outside the gate.</summary>
    public void FlushSoon()
    {
        if (_threadRunning == this) return;
        ReportState();
        Output.Flush();
    }

    /// <summary>Something was added to <see cref="Ready"/>.</summary>
    public void OnReady()
    {
        // The reading flow runs it when it has taken in its batch; otherwise the loop does, soon.
        if (!_isReceiving) Watch();
    }

    /// <summary>
    /// Runs everything ready: as the reading flow, or with <see cref="Beside"/> beside it. False if the reading flow was taken over meanwhile: then the caller
    /// leaves it.
    /// </summary>
    private bool RunReady(int turn)
    {
        lock (Gate)
        {
            if (turn != Beside && _turn != turn) return false;
            if (Ready.IsEmpty) return true;
            if (turn != Beside) _inHandlers = true;
        }
        var outer = _threadRunning;
        _threadRunning = this;
        bool isMine;
        while (true)
        {
            (Action<object?> Action, object? State) item;
            lock (Gate)
            {
                isMine = turn == Beside || _turn == turn;
                if (!isMine || !Ready.TryTake(out item))
                {
                    if (isMine && turn != Beside) _inHandlers = false;
                    break;
                }
                // Should this one block its thread, somebody must see to the others, and to the reading.
                if (turn != Beside || !Ready.IsEmpty) Watch();
            }
            item.Action(item.State);
        }
        _threadRunning = outer;
        if (!isMine || turn == Beside) Output.Flush();
        return isMine;
    }

    private void Watch()
    {
        if (_isWatched) return;
        _isWatched = true;
        _ = WatchAsync();
    }

    private async Task WatchAsync()
    {
        await Transport.YieldAsync().ConfigureAwait(false);
        var turn = Beside;
        lock (Gate)
        {
            _isWatched = false;
            if (_inHandlers)
            {
                turn = ++_turn;
                _inHandlers = false;
            }
        }
        if (turn == Beside) RunReady(Beside);
        else await ReadAsync(turn).ConfigureAwait(false);
    }

    private void ReportState()
    {
        // The state is looked up inside, so that whoever comes last reports what is true.
        lock (_stateReport)
        {
            bool isActive;
            lock (Gate)
            {
                if (!_hasPreface) return;
                isActive = Streams.Count > 0;
            }
            Transport.SetState(isActive ? ConnState.Active : ConnState.Idle);
        }
    }

    /// <summary>Nothing is read any more: cuts short what still runs, sends what is to be sent, closes, and waits for the handlers.</summary>
    private async Task EndAsync()
    {
        lock (Gate)
        {
            foreach (var stream in Streams.Open.ToArray()) stream.Reset(StreamClosure.ResetHere, new RequestBodyException(400, "The client is gone."));
        }
        RunReady(Beside);

        var sent = Output.DrainAsync();
        if (_failed && !sent.IsCompleted)
        {
            // Whoever broke the rules is told, but not waited for.
            await sent.WaitAsync(TimeSpan.FromMilliseconds(_timeouts.Linger)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!sent.IsCompleted) Transport.Abort();
        }
        await sent.ConfigureAwait(false);
        lock (Gate) Output.Close();
        if (!Transport.PeerClosed) await LingerAsync().ConfigureAwait(false);
        Transport.Close();

        Task handlers;
        lock (Gate) handlers = Streams.Running == 0 ? Task.CompletedTask : (_handlersDone = new TaskCompletionSource()).Task;
        await handlers.ConfigureAwait(false);
    }

    /// <summary>
    /// A socket closed with octets unread sends a reset, and the client may lose GOAWAY to it. So it is first half-closed, and what still comes is thrown
    /// away for a short while.
    /// </summary>
    private async Task LingerAsync()
    {
        Transport.ShutdownWrite();
        var deadline = Environment.TickCount64 + _timeouts.Linger;
        var discarded = 0L;
        do
        {
            Transport.ReadDeadline = deadline;
            var result = await Transport.Input.ReadAsync().ConfigureAwait(false);
            discarded += result.Buffer.Length;
            Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
        while (discarded < Http2Limits.MaxDiscard && Environment.TickCount64 < deadline);
    }

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;
}
