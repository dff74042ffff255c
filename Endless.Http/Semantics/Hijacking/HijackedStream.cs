using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Loops;

namespace Endless.Http.Semantics;

/// <summary>A connection that a handler took over, as a stream over its two pipes.</summary>
/// <param name="input">From the client.</param>
/// <param name="output">To the client.</param>
/// <param name="connection">Disposed of with the stream.</param>
/// <remarks>Writes are not gathered: <c>SslStream</c> and <c>WebSocket</c> write whole records and frames and do not flush them.</remarks>
internal sealed class HijackedStream(PipeReader input, PipeWriter output, IDisposable connection) : Stream
{
    private volatile bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanWrite => !_disposed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>With an empty buffer waits until there is something to read, and takes nothing.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return Take(await input.ReadAsync(cancellationToken).ConfigureAwait(false), buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override int Read(Span<byte> buffer)
    {
        ThrowIfDisposed();
        return Take(BlockingWait.Wait(input.ReadAsync()), buffer);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        // A flush of nothing would send what its writer still holds back, but a stream's write of nothing does nothing.
        if (!buffer.IsEmpty) ThrowIfUnsent(await output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfDisposed();
        if (buffer.IsEmpty) return;
        output.Write(buffer);
        ThrowIfUnsent(BlockingWait.Wait(output.FlushAsync()));
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <summary>Sends what was written to the pipe by hand; nothing of this stream's own is held back.</summary>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ThrowIfUnsent(await output.FlushAsync(cancellationToken).ConfigureAwait(false));
    }

    public override void Flush()
    {
        ThrowIfDisposed();
        ThrowIfUnsent(BlockingWait.Wait(output.FlushAsync()));
    }

    // Not those of the base class: they call the synchronous methods, and let no write begin while a read waits.
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        if (disposing) connection.Dispose();
        base.Dispose(disposing);
    }

    private int Take(in ReadResult result, Span<byte> buffer)
    {
        var data = result.Buffer;
        if (result.IsCanceled)
        {
            input.AdvanceTo(data.Start);
            throw new OperationCanceledException("The read was canceled.");
        }
        // Asked for before the advance, which gives the segments back that the length is counted by.
        var count = (int)Math.Min(data.Length, buffer.Length);
        data = data.Slice(0, count);
        data.CopyTo(buffer);
        input.AdvanceTo(data.End);
        return count;
    }

    private static void ThrowIfUnsent(in FlushResult result)
    {
        if (result.IsCanceled) throw new OperationCanceledException("The write was canceled.");
        if (result.IsCompleted) throw new IOException("Nothing more can be sent: the client is gone, or the connection was closed.");
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
