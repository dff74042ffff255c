using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// The connection's input as the body of one request reads it: with its deadlines, 100 Continue before the first wait, and deaf to what the restart code asks.
/// What goes wrong is kept in <see cref="Failure"/>, not thrown: only a handler's read turns it into an exception.
/// </summary>
internal sealed class BodySource(Connection connection, ProtocolContext context, Http1Response response)
{
    private readonly PipeReader _input = connection.Input;
    private readonly ProtocolLimits _limits = context.Limits;
    private long _deadline;
    private long _lateSince; // a read brought bytes when the deadline had passed; 0 if none has
    private BodyRate _rate = new();
    private long _received;
    private volatile bool _cancelRequested;
    private bool _owesContinue;

    /// <summary>Why the body cannot be read to its end; null while nothing is wrong.</summary>
    public Rejection? Failure { get; private set; }

    /// <summary>The client waits for 100 Continue, has not got it and has sent nothing without it: it may never send the body.</summary>
    public bool OwesContinue => _owesContinue;

    /// <summary>Begins a body.</summary>
    /// <param name="deadline">When all of it must have arrived, in milliseconds of <see cref="Connection.Now"/>.</param>
    /// <param name="expectsContinue">The client waits for 100 Continue.</param>
    public void Begin(long deadline, bool expectsContinue)
    {
        _deadline = deadline;
        _lateSince = 0;
        _rate = new BodyRate();
        _received = 0;
        _cancelRequested = false;
        _owesContinue = expectsContinue;
        Failure = null;
    }

    /// <summary>100 Continue is in the output: the client will send the body.</summary>
    public void OnContinueSent() => _owesContinue = false;

    /// <summary>All of the body must arrive within so many milliseconds, if it was given longer.</summary>
    public void Hasten(long milliseconds) => _deadline = Math.Min(_deadline, connection.Now + milliseconds);

    /// <summary>Notes why the body cannot be read to its end; the first reason stays.</summary>
    public void Fail(Rejection failure) => Failure ??= failure;

    /// <summary>Has the read that is under way, or the next one, end canceled.</summary>
    public void Cancel()
    {
        _cancelRequested = true;
        _input.CancelPendingRead();
    }

    /// <summary>The handler is done: what it asked for and did not get is nobody's wish any more.</summary>
    public void ForgetCancel() => _cancelRequested = false;

    /// <summary>What is there without waiting. False if nothing new is.</summary>
    /// <param name="examined">How many of the unread bytes the caller has already seen.</param>
    /// <param name="result">
    /// The unread bytes, old and new; <see cref="PipeReader.AdvanceTo(SequencePosition)"/> is owed for them unless there are none.
    /// </param>
    public bool TryRead(long examined, out ReadResult result)
    {
        result = default;
        return Failure is null && _input.TryRead(out var raw) && TryTake(raw, examined, out result);
    }

    /// <summary>Waits for new bytes, or for <see cref="Cancel"/>. On a <see cref="Failure"/> the result is empty.</summary>
    /// <inheritdoc cref="TryRead" path="/param"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadResult> ReadAsync(long examined, CancellationToken cancellationToken)
    {
        // Request smuggling: owed until it was sent. A client that got an answer in its place may go on with its next request, which must not be taken for the body.
        if (_owesContinue) await response.SendContinueAsync(this).ConfigureAwait(false);
        while (true)
        {
            if (TryRead(examined, out var result) || Failure is not null) return result;

            _rate.BeginWait(connection.Now);
            var rateDeadline = _rate.Deadline(_received, _limits);
            connection.ReadDeadline = Math.Min(_deadline, rateDeadline);
            var raw = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            _rate.EndWait(connection.Now);
            if (connection.ReadTimedOut || IsOvertimeOver(connection.Now))
            {
                Fail(_deadline <= rateDeadline ? Rejections.Timeout : Rejections.BodyTooSlow);
                _input.AdvanceTo(raw.Buffer.Start);
                return default;
            }
            if (TryTake(raw, examined, out result)) return result;
            if (Failure is not null) return default;
        }
    }

    /// <summary>The deadline had passed when an earlier read brought bytes, and since then so much time that who is late is the client.</summary>
    private bool IsOvertimeOver(long now)
    {
        if (now < _deadline) return false;
        if (_lateSince == 0) _lateSince = now;
        return now - _lateSince >= Connection.Overtime;
    }

    /// <summary>True if a read gave what its caller waits for. Otherwise the bytes, all of them seen before, stay unread.</summary>
    private bool TryTake(in ReadResult raw, long examined, out ReadResult result)
    {
        // A read also ends canceled at its deadline and when the restart code asks the connection to leave: the body's reader is told of neither.
        var canceled = raw.IsCanceled && _cancelRequested;
        if (canceled) _cancelRequested = false;
        if (raw.Buffer.Length > examined)
        {
            _received += raw.Buffer.Length - examined;
            _owesContinue = false; // the client did not wait for it
            result = new ReadResult(raw.Buffer, canceled, isCompleted: false);
            return true;
        }
        _input.AdvanceTo(raw.Buffer.Start, raw.Buffer.End);
        if (raw.IsCompleted) Fail(SyntaxErrors.Incomplete);
        result = new ReadResult(default, canceled, isCompleted: false);
        return canceled;
    }

    /// <summary>The failure as the exception that a handler's read throws.</summary>
    public RequestBodyException FailureException(in BodyLimit limit) =>
        Failure!.Status == 413 ? limit.Exceeded() : new RequestBodyException(Failure.Status, $"The request's body cannot be read: {Failure.Reason}.");
}
