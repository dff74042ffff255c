using System.IO.Pipelines;
using Endless.Http.Loops;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Bodies;

/// <summary>The body of a response as a stream.</summary>
/// <param name="pipe">Where it goes.</param>
/// <param name="control">Says whether synchronous writes are allowed.</param>
internal sealed class ResponseStream(PipeWriter pipe, IHttpBodyControlFeature control) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = pipe.WriteAsync(buffer, cancellationToken);
        if (!write.IsCompletedSuccessfully) return Await(write);
        _ = write.Result;
        return default;

        static async ValueTask Await(ValueTask<FlushResult> write) => await write.ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowUnlessMayBlock();
        buffer.CopyTo(pipe.GetSpan(buffer.Length));
        pipe.Advance(buffer.Length);
        BlockingWait.Wait(pipe.FlushAsync());
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => WriteAsync(default(ReadOnlyMemory<byte>), cancellationToken).AsTask();

    public override void Flush()
    {
        ThrowUnlessMayBlock();
        BlockingWait.Wait(pipe.FlushAsync());
    }

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void ThrowUnlessMayBlock()
    {
        if (!control.AllowSynchronousIO) throw new InvalidOperationException("Synchronous operations are disallowed. Call WriteAsync or set AllowSynchronousIO to true instead.");
    }
}
