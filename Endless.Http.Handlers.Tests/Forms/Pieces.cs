using System.Buffers;
using System.IO.Pipelines;

namespace Endless.Http.Handlers.Tests.Forms;

/// <summary>A body that comes in pieces of a given size, each with a read of its own, as from a client that sends so.</summary>
internal sealed class Pieces(byte[] body, int size) : PipeReader
{
    private int _start;
    private int _end;
    private bool _examinedAll = true;

    /// <summary>The most bytes that were held at once: what the reader under test did not consume.</summary>
    public int MostHeld { get; private set; }

    public override bool TryRead(out ReadResult result)
    {
        if (_examinedAll && _end < body.Length) _end = Math.Min(body.Length, _end + size);
        MostHeld = Math.Max(MostHeld, _end - _start);
        result = new ReadResult(new ReadOnlySequence<byte>(body, _start, _end - _start), isCanceled: false, isCompleted: _end == body.Length);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        TryRead(out var result);
        return new(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (consumed.GetObject() is null) return;
        _start = consumed.GetInteger();
        _examinedAll = examined.GetInteger() == _end;
    }

    public override void CancelPendingRead() { }

    public override void Complete(Exception? exception = null) { }
}
