using System.IO.Pipelines;

namespace Endless.Http.Semantics;

/// <summary>A response writer as a pipe: each piece goes to its <c>Write</c> as it is advanced, so that nothing waits for a flush that may never come.</summary>
internal sealed class DelegatingBodyWriter(ResponseWriter writer) : PipeWriter
{
    private const int BlockSize = 4 * 1024;

    private byte[] _block = [];

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => 0;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        // Written by the response before Advance returns: the block is free again by then.
        if (_block.Length < Math.Max(sizeHint, 1)) _block = new byte[Math.Max(sizeHint, BlockSize)];
        return _block;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)_block.Length, nameof(bytes));
        if (bytes > 0) writer.Write(_block.AsSpan(0, bytes));
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => WriteAsync(default, cancellationToken);

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (!source.IsEmpty) await writer.WriteAsync(source, cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return default;
    }

    public override void CancelPendingFlush() { }

    /// <summary>The response ends with its handler; nothing is to be said before.</summary>
    public override void Complete(Exception? exception = null) { }
}
