using System.IO.Pipelines;

namespace Endless.Http.Forms;

/// <summary>The content of one part as a pipe: to be read until the reader goes on to the next part.</summary>
internal sealed class PartBodyReader(MultipartBody body) : PipeReader
{
    private MultipartBody? _body = body;

    /// <summary>The content has been read to its end: the delimiter is next.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The reader has gone on.</summary>
    public void End() => _body = null;

    public override bool TryRead(out ReadResult result)
    {
        if (!Current.TryReadContent(out result)) return false;
        _last = result;
        return true;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => _last = await Current.ReadContentAsync(cancellationToken).ConfigureAwait(false);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_last is { IsCompleted: true } && _last.Buffer.Slice(consumed).IsEmpty) IsAtEnd = true;
        _last = default;
        Current.AdvanceContent(consumed, examined);
    }

    public override void CancelPendingRead() => _body?.CancelPendingRead();

    /// <summary>What was not read is passed over when the next part is asked for.</summary>
    public override void Complete(Exception? exception = null) { }

    private ReadResult _last;

    private MultipartBody Current => _body ?? throw new InvalidOperationException("The part is over, since the next one was asked for: read a part before that.");
}
