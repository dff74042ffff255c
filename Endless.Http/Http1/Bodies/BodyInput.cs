using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// The connection's input as the body of one request reads it: with its deadlines, 100 Continue before the first wait, and not ended by the restart code.
/// What goes wrong is kept in <see cref="Failure"/>, not thrown: only a handler's read turns it into an exception.
/// </summary>
internal sealed class BodyInput(Connection connection, ProtocolLimits limits, Http1Timeouts timeouts, ExpectContinue expectContinue)
{
    private readonly PipeReader _input = connection.Input;
    private BodyTimeout _timeout;
    private BodyRate _rate = new();
    private long _received;
    private volatile bool _cancelRequested;

    /// <summary>Why the body cannot be read to its end; null while nothing is wrong.</summary>
    public Rejection? Failure { get; private set; }

    /// <inheritdoc cref="ExpectContinue.IsOwed"/>
    public bool OwesContinue => expectContinue.IsOwed;

    /// <summary>Begins a body.</summary>
    public void Begin()
    {
        _timeout = timeouts.BeginBody();
        _rate = new BodyRate();
        _received = 0;
        _cancelRequested = false;
        Failure = null;
    }

    /// <inheritdoc cref="Http1Timeouts.Hasten"/>
    public void Hasten() => timeouts.Hasten(ref _timeout);

    /// <summary>The body has so many milliseconds from now, and not what the server gives it; negative for as long as it takes. From the next read on.</summary>
    public void SetDeadline(long milliseconds) => _timeout.Set(timeouts.In(milliseconds));

    /// <inheritdoc cref="BodyRate.Set"/>
    public void SetLeastRate(int bytesPerSecond, int grace) => _rate.Set(bytesPerSecond, grace);

    /// <summary>Notes why the body cannot be read to its end; the first reason stays.</summary>
    public void Fail(Rejection failure) => Failure ??= failure;

    /// <summary>Has the read that is under way, or the next one, end canceled.</summary>
    public void Cancel()
    {
        _cancelRequested = true;
        _input.CancelPendingRead();
    }

    /// <summary>The handler is done: a <see cref="Cancel"/> that ended no read is dropped.</summary>
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
        await expectContinue.SendAsync().ConfigureAwait(false);
        while (true)
        {
            if (TryRead(examined, out var result) || Failure is not null) return result;

            _rate.BeginWait(connection.Now);
            var rateDeadline = _rate.Deadline(_received, limits);
            timeouts.WaitForBody(Math.Min(_timeout.Deadline, rateDeadline));
            var raw = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            _rate.EndWait(connection.Now);
            if (connection.ReadTimedOut || _timeout.IsOver(connection.Now))
            {
                Fail(_timeout.Deadline <= rateDeadline ? Rejections.Timeout : Rejections.BodyTooSlow);
                _input.AdvanceTo(raw.Buffer.Start);
                return default;
            }
            if (TryTake(raw, examined, out result)) return result;
            if (Failure is not null) return default;
        }
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
            expectContinue.OnBodyCame();
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
