using System.IO.Pipelines;
using Endless.Http.Buffers;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>A body in the connection's input, in one of two framings. Reused for the connection's requests.</summary>
internal abstract class Http1RequestBody(BodyInput source, PipeReader input) : RequestBody
{
    private BodyLimit _limit;
    private bool _isGivenUp;

    public sealed override long MaxBytes
    {
        get => _limit.Bytes;
        set => _limit.Bytes = value;
    }

    /// <summary>Why the body cannot be read to its end; null while nothing is wrong.</summary>
    public Rejection? Failure => source.Failure;

    /// <summary>The rest of the body is known to be above the limit: to close the connection costs less.</summary>
    public abstract bool IsTooLargeToDiscard(long limit);

    /// <summary>The rest of the body cannot be thrown away: nothing follows on the connection, which the client is to be told (RFC 9112 section 9.6). One that waits for 100 Continue may never send it.</summary>
    public bool EndsConnection(long limit) => !IsEnded && (Failure is not null || OwesContinue || IsTooLargeToDiscard(limit));

    /// <summary>What the body is held to.</summary>
    protected BodyLimit Limit => _limit;

    protected BodyInput Source => source;

    protected PipeReader Input => input;

    /// <summary>
    /// The handler is done and no read is under way: takes back what it did not advance over. Use after free: it may still look at that, so the blocks go to the garbage collector.
    /// </summary>
    public virtual void TakeBack() => source.ForgetCancel();

    /// <summary>The handler took the connection over: what was not read of the body comes with that.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        TakeBack();
        // Also what this body's reader has examined: the new owner has not.
        (Input as BlockPipeReader)?.ShowUnread();
    }

    /// <inheritdoc cref="ExpectContinue.IsOwed"/>
    public bool OwesContinue => source.OwesContinue;

    /// <inheritdoc cref="BodyInput.SetDeadline"/>
    public void SetDeadline(long milliseconds) => source.SetDeadline(milliseconds);

    public sealed override void SetLeastRate(int bytesPerSecond, int grace) => source.SetLeastRate(bytesPerSecond, grace);

    /// <inheritdoc cref="BodyInput.Hasten"/>
    public void Hasten() => source.Hasten();

    /// <summary>Reads and throws away the rest. True if the body ended within <paramref name="limit"/> bytes and nothing was wrong with it.</summary>
    public abstract ValueTask<bool> DiscardAsync(long limit);

    public override void CancelPendingRead() => source.Cancel();

    public override void Complete(Exception? exception = null) { }

    public sealed override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    protected void BeginCore(long serverMaxBytes)
    {
        _limit = new BodyLimit(serverMaxBytes);
        _isGivenUp = false;
    }

    protected void ThrowIfFailed()
    {
        if (_isGivenUp) throw new InvalidOperationException("The handler took the connection over: what was not read of the request's body comes with that.");
        if (source.Failure is not null) throw source.FailureException(_limit);
    }
}
