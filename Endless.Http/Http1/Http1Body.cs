using System.IO.Pipelines;
using Endless.Http.Messages;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http1;

/// <summary>A body in the connection's input, in one of two framings. Reused for the connection's requests.</summary>
internal abstract class Http1Body(BodySource source, PipeReader input) : RequestBody
{
    private long _serverMaxBytes;
    private long _maxBytes;

    public sealed override long MaxBytes
    {
        get => _maxBytes;
        // A handler can only be stricter than the server.
        set => _maxBytes = value < 0 ? _serverMaxBytes : _serverMaxBytes < 0 ? value : Math.Min(value, _serverMaxBytes);
    }

    /// <summary>All of the body, with its trailer section, is read off the connection.</summary>
    public abstract bool IsEnded { get; }

    /// <summary>Why the body cannot be read to its end; null while nothing is wrong.</summary>
    public Rejection? Failure => source.Failure;

    /// <summary>A read is under way.</summary>
    public bool IsReading => source.IsReading;

    /// <summary>The connection cannot be used after this body unless somebody reads it, and that may not be worth it.</summary>
    public abstract bool IsTooLargeToDiscard(long limit);

    protected BodySource Source => source;

    protected PipeReader Input => input;

    /// <summary>
    /// The handler is done: takes back what it left unread in its hands. False if it still reads: then two flows would read the connection.
    /// </summary>
    public abstract bool TryTakeBack();

    /// <summary>
    /// After <see cref="TryTakeBack"/> failed and the connection was aborted: waits for the other flow's read to end, so that the connection can be closed. What that flow has
    /// read it may still look at.
    /// </summary>
    public async ValueTask LetGoAsync()
    {
        source.Fail(SyntaxErrors.Incomplete); // a read that has not begun yet
        await source.ReadEndedAsync().ConfigureAwait(false);
        if (input is IBlockHolder holder) holder.Abandon();
    }

    /// <summary>Reads and throws away the rest. True if the body ended within <paramref name="limit"/> bytes and nothing was wrong with it.</summary>
    public abstract ValueTask<bool> DiscardAsync(long limit);

    public override void CancelPendingRead() => source.Cancel();

    public override void Complete(Exception? exception = null) { }

    public sealed override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    protected void BeginCore(long serverMaxBytes) => _serverMaxBytes = _maxBytes = serverMaxBytes;

    protected void ThrowIfFailed()
    {
        if (source.Failure is not null) throw source.FailureException(_maxBytes);
    }
}
