using System.Buffers;
using System.IO.Pipelines;

namespace Endless.Http.Semantics;

/// <summary>A body that a program gave to a <see cref="Request"/> it made: whatever pipe it is, within the handler's limit and for as long as the request lives.</summary>
/// <remarks>Does not enter the request as the engine's body does: it may read that body itself.</remarks>
internal sealed class SuppliedBody(PipeReader inner, Request request) : PipeReader
{
    private ReadOnlySequence<byte> _last;
    private long _consumed;

    /// <summary>Bytes the handler is willing to read; negative for no limit.</summary>
    public long MaxBytes { get; set; } = -1;

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfOver("Request.Body.TryRead");
        if (!inner.TryRead(out result)) return false;
        result = Checked(result);
        return true;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfOver("Request.Body.ReadAsync");
        return Checked(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _last.Slice(0, consumed).Length;
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Checked(in ReadResult result)
    {
        if (MaxBytes >= 0 && _consumed + result.Buffer.Length > MaxBytes)
        {
            inner.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            throw new MaxBytesException(MaxBytes);
        }
        _last = result.Buffer;
        return result;
    }

    private void ThrowIfOver(string member)
    {
        if (request.Root.IsOver) throw request.Root.Late(member);
    }
}
