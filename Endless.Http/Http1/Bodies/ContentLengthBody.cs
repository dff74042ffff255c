using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Buffers;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>A body whose length the head told (RFC 9112 section 6.2): the connection's own buffers, cut off at the body's end.</summary>
internal sealed class ContentLengthBody(BodyInput source, PipeReader input) : Http1RequestBody(source, input)
{
    private long _length;
    private long _remaining;
    private long _examined;
    private ReadOnlySequence<byte> _current;
    private bool _inHand;

    public override bool IsEnded => _remaining == 0;

    public void Begin(long length, long serverMaxBytes)
    {
        BeginCore(serverMaxBytes);
        _length = _remaining = length;
        _examined = 0;
        _inHand = false;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!CanRead(out result)) return true;
        if (!Source.TryRead(_examined, out result))
        {
            ThrowIfFailed();
            return false;
        }
        result = Take(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        CanRead(out var result) ? WaitAsync(cancellationToken) : new ValueTask<ReadResult>(result);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_inHand) return;
        // Both throw for a position of another read, before anything is changed.
        var consumedBytes = _current.Slice(0, consumed).Length;
        var examinedBytes = _current.Slice(consumed, examined).Length;
        _inHand = false;
        // With the whole rest of the body at hand there is nothing to wait for, however much of it was examined: the next read must give it again.
        if (_current.Length == _remaining) (examined, examinedBytes) = (consumed, 0);
        _remaining -= consumedBytes;
        _examined = examinedBytes;
        _current = default;
        Input.AdvanceTo(consumed, examined);
    }

    public override void TakeBack()
    {
        base.TakeBack();
        if (!_inHand) return;
        (Input as BlockPipeReader)?.KeepFromPool();
        AdvanceTo(_current.Start, _current.Start);
    }

    public override bool IsTooLargeToDiscard(long limit) => _remaining > limit;

    public override async ValueTask<bool> DiscardAsync(long limit)
    {
        if (_remaining > limit) return false;
        while (_remaining > 0)
        {
            var result = await Source.ReadAsync(_examined, default).ConfigureAwait(false);
            if (Source.Failure is not null) return false;
            Take(result);
            AdvanceTo(_current.End, _current.End);
        }
        return true;
    }

    /// <summary>False if there is nothing more to read: <paramref name="end"/> says so.</summary>
    private bool CanRead(out ReadResult end)
    {
        end = default;
        if (_inHand) throw new InvalidOperationException("AdvanceTo must be called between two reads of a body.");
        if (!Limit.Allows(_length)) Source.Fail(Rejections.BodyTooLarge);
        ThrowIfFailed();
        if (_remaining > 0) return true;
        end = new ReadResult(default, isCanceled: false, isCompleted: true);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        var result = await Source.ReadAsync(_examined, cancellationToken).ConfigureAwait(false);
        ThrowIfFailed();
        return Take(result);
    }

    private ReadResult Take(in ReadResult result)
    {
        if (result.IsCanceled && result.Buffer.IsEmpty) return result;
        var buffer = result.Buffer;
        if (buffer.Length > _remaining) buffer = buffer.Slice(0, _remaining);
        _current = buffer;
        _inHand = true;
        return new ReadResult(buffer, result.IsCanceled, isCompleted: buffer.Length == _remaining);
    }
}
