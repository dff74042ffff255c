using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Loops;

namespace Endless.Http.Semantics;

/// <summary>A body's pipe as a read-only stream. A synchronous read that has to wait gives the event loop to another thread first.</summary>
internal sealed class HandlerBodyStream(PipeReader reader) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override int Read(Span<byte> buffer) => Take(BlockingWait.Wait(reader.ReadAsync()), buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Take(await reader.ReadAsync(cancellationToken).ConfigureAwait(false), buffer.Span);

    /// <summary>From block to block, without a buffer between.</summary>
    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        return reader.CopyToAsync(destination, cancellationToken);
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Take(ReadResult result, Span<byte> buffer)
    {
        var data = result.Buffer;
        if (result.IsCanceled)
        {
            reader.AdvanceTo(data.Start);
            throw new OperationCanceledException("The read of the body was canceled.");
        }
        if (data.Length > buffer.Length) data = data.Slice(0, buffer.Length);
        // Before the advance: it gives the segments back, and the length of a sequence is counted over them.
        var count = (int)data.Length;
        data.CopyTo(buffer);
        reader.AdvanceTo(data.End);
        return count;
    }
}
