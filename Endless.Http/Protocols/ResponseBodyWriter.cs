using System.Buffers;
using System.IO.Pipelines;

namespace Endless.Http.Protocols;

/// <summary>
/// A response's body as a pipe: collects what is advanced, and hands it to the response at a flush, before a direct write, or when the handler is done.
/// </summary>
internal sealed class ResponseBodyWriter(ServerResponse response) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private bool _taken;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _taken ? 0 : _pending.WrittenCount;

    public override void Advance(int bytes) => _pending.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Recycle();
        return _pending.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Recycle();
        return _pending.GetSpan(sizeHint);
    }

    public override void CancelPendingFlush() { }

    public override void Complete(Exception? exception = null) { }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await response.WriteAsync(TakePending(), cancellationToken).ConfigureAwait(false);
        await response.FlushAsync(cancellationToken).ConfigureAwait(false);
        return default;
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        await response.WriteAsync(source, cancellationToken).ConfigureAwait(false);
        await response.FlushAsync(cancellationToken).ConfigureAwait(false);
        return default;
    }

    /// <summary>What was advanced and not yet written. It stays valid until the next call for memory.</summary>
    public ReadOnlyMemory<byte> TakePending()
    {
        if (_taken || _pending.WrittenCount == 0) return default;
        _taken = true;
        return _pending.WrittenMemory;
    }

    public void Reset()
    {
        _pending.ResetWrittenCount();
        _taken = false;
    }

    private void Recycle()
    {
        if (!_taken) return;
        _pending.ResetWrittenCount();
        _taken = false;
    }
}
