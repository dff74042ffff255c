using System.Buffers;
using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>
/// The flow that reads a connection: takes frames in by the batch, has what they made ready run, and keeps the connection's time limits, since it is its read that waits.
/// Guarded by the connection's gate but for <see cref="RunAsync"/>, which enters it.
/// </summary>
internal sealed class ReadingFlow(ConnectionParts parts, StreamTable<Http2Stream> streams, FrameReceiver receiver, StreamDeadlines deadlines, GoAway goAway)
{
    private readonly Connection _transport = parts.Transport;
    private readonly ProtocolTimeouts _timeouts = parts.Context.Timeouts;
    // The clock of the preface runs from the accept: whoever accepted the connection has set it.
    private long _firstDeadline = parts.Transport.ReadDeadline != Connection.NoDeadline
        ? parts.Transport.ReadDeadline
        : After(parts.Transport.Now, parts.Context.Timeouts.ReadHeader);
    private readonly TaskCompletionSource _read = new();
    private bool _isLeaving; // this process takes leave; the client is told once its preface is there
    private bool _isOver; // nothing is read any more
    private bool _hasWorked; // the last frames took so long that others are to have their turn before the next
    private long _lateSince; // a read brought bytes when a deadline had passed; 0 if none has

    /// <summary>Completes when nothing is read any more.</summary>
    public Task Completion => _read.Task;

    /// <summary>The client's preface came.</summary>
    public bool HasPreface { get; private set; }

    /// <summary>The connection is over because the client broke the rules.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The client has ended its side, or the connection broke, before anything else ended the reading.</summary>
    public bool HasInputEnded { get; private set; }

    /// <summary>Since when there is no stream, in milliseconds of <see cref="Connection.Now"/>; 0 before the client's preface is complete, for which it has a time of its own.</summary>
    public long IdleSince { get; set; }

    /// <summary>Reads under a turn of <see cref="ReadyQueue"/>, until the end or until another turn takes over. Does not throw.</summary>
    public async Task RunAsync(int turn)
    {
        try
        {
            // Judged only after a read that gave up: what has come, a frame or the answer to a PING, is taken in first, and it may be this process that was late to read it.
            var gaveUp = false;
            while (parts.Ready.Run(turn))
            {
                parts.ReportState();
                parts.Output.Flush();
                if (_hasWorked) await _transport.YieldAsync().ConfigureAwait(false);
                if (!BeforeRead(gaveUp)) break;
                var result = await _transport.Input.ReadAsync().ConfigureAwait(false);
                gaveUp = _transport.ReadTimedOut;
                var rest = result.Buffer;
                lock (parts.Gate)
                {
                    parts.Ready.IsReceiving = true;
                    Receive(ref rest);
                    parts.Ready.IsReceiving = false;
                    if (result.IsCompleted && !_isOver && !_hasWorked) _isOver = HasInputEnded = true;
                }
                _transport.Input.AdvanceTo(rest.Start, _hasWorked ? rest.Start : rest.End);
                parts.ReportState();
            }
            bool isMine;
            lock (parts.Gate) isMine = parts.Ready.IsCurrent(turn);
            if (isMine) _read.TrySetResult();
        }
        catch (Exception exception)
        {
            _read.TrySetException(exception);
        }
    }

    /// <summary>A connection error (RFC 9113 section 5.4.1). Its GOAWAY is the last frame, though handlers run until the connection is taken down.</summary>
    public void Fail(Http2Error error)
    {
        if (_isOver) return;
        _isOver = HasFailed = true;
        goAway.Finish(error.Code, error.Reason!);
        parts.Output.EndWithLast();
    }

    /// <summary>The process has no time left for the connection. Its GOAWAY is the last frame.</summary>
    public void End()
    {
        if (_isOver) return;
        _isOver = true;
        goAway.Finish();
        parts.Output.EndWithLast();
        parts.WakeReader();
    }

    /// <summary>Before each read: what time and the restart code ask for, and until when to wait. False if the connection is over.</summary>
    private bool BeforeRead(bool gaveUp)
    {
        bool overflows;
        lock (parts.Gate)
        {
            overflows = parts.Output.Frames is { Length: > Http2Limits.MaxOutput } or { ControlLength: > Http2Limits.MaxControlOutput };
            parts.Budget.HoldFrames(parts.Output.Frames.Length);
            var now = _transport.Now;
            if (receiver.HasSettings && IdleSince == 0) IdleSince = now;
            if (!_isOver && _transport.Leave != LeaveRequest.None) TakeLeave(now);
            if (gaveUp && _transport.MakesRoom) goAway.Finish();
            else if (gaveUp || IsOvertimeOver(now))
            {
                if (now >= goAway.Deadline) goAway.Finish();
                if (!_isOver && now >= Deadline(now)) OnDeadline(now);
            }
            if (goAway.IsFinal && streams.Count == 0) _isOver = true;
            if (!_isOver) _transport.ReadDeadline = Deadline(now);
        }
        // The client asks and does not read the answers: it will not read a GOAWAY either.
        if (overflows) _transport.Abort();
        else parts.Output.Flush();
        return !_isOver;
    }

    /// <summary>
    /// Announces the end, but not into the client's preface: a client that meets GOAWAY while it still writes that takes the connection for one that failed to open, and with it
    /// the request that it is for (.NET's HttpClient disposes it under its own write). So a preface under way is waited for, like a request under way.
    /// </summary>
    private void TakeLeave(long now)
    {
        if (receiver.HasSettings) goAway.Announce(_timeouts.DrainGrace);
        else if (!_isLeaving) _firstDeadline = Math.Min(_firstDeadline, After(now, _timeouts.DrainGrace));
        _isLeaving = true;
    }

    /// <summary>A deadline had passed when an earlier read brought bytes, so long ago by now that the client is late.</summary>
    private bool IsOvertimeOver(long now)
    {
        if (now < Deadline(now)) _lateSince = 0;
        else if (_lateSince == 0) _lateSince = now;
        return _lateSince != 0 && now - _lateSince >= Connection.Overtime;
    }

    private long Deadline(long now)
    {
        var deadline = goAway.Deadline;
        if (!receiver.HasSettings) deadline = Math.Min(deadline, _firstDeadline);
        if (receiver.BlockSince != 0) deadline = Math.Min(deadline, After(receiver.BlockSince, _timeouts.ReadHeader));
        // A busy connection may become idle while this read waits; no sooner than now, though, and the time is looked at again then.
        if (streams.Count > 0) return Math.Min(deadline, Math.Min(parts.Clock.Next, After(now, _timeouts.Idle)));
        return goAway.IsAnnounced || IdleSince == 0 ? deadline : Math.Min(deadline, After(IdleSince, _timeouts.Idle));
    }

    private void OnDeadline(long now)
    {
        if (!receiver.HasSettings && now >= _firstDeadline)
            Fail(Http2Error.Connection(ErrorCode.NoError, "The client's preface took too long."));
        else if (receiver.BlockSince != 0 && now >= After(receiver.BlockSince, _timeouts.ReadHeader))
            Fail(Http2Error.Connection(ErrorCode.EnhanceYourCalm, "A header block took too long."));
        else if (streams.Count > 0) deadlines.Check(now);
        // The client may be opening a stream at this moment: it is told in two steps, as in a restart.
        else goAway.Announce(_timeouts.DrainGrace);
    }

    private void Receive(ref ReadOnlySequence<byte> buffer)
    {
        _hasWorked = false;
        if (!HasPreface && !TryTakePreface(ref buffer)) return;
        while (!_isOver && !_hasWorked && FrameHeader.TryRead(buffer, out var frame))
        {
            var error = FrameRules.Check(frame, FrameHeader.DefaultMaxFrameSize);
            if (!error.EndsConnection)
            {
                if (buffer.Length < FrameHeader.Size + frame.Length) return;
                if (!error.IsError) error = receiver.Receive(frame, buffer.Slice(FrameHeader.Size, frame.Length));
                _hasWorked = receiver.TakeHeavyWork();
                buffer = buffer.Slice(FrameHeader.Size + frame.Length);
            }
            if (error is { IsError: true, EndsConnection: false }) error = receiver.ResetStream(frame.StreamId, error.Code);
            if (error.IsError) Fail(error);
        }
    }

    private bool TryTakePreface(ref ReadOnlySequence<byte> buffer)
    {
        switch (Preface.Recognize(buffer))
        {
            case true:
                HasPreface = true;
                buffer = buffer.Slice(Preface.Length);
                return true;
            case false:
                Fail(Http2Error.Connection(ErrorCode.ProtocolError, "The client's preface is not that of HTTP/2."));
                return false;
            default:
                return false;
        }
    }

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;
}
