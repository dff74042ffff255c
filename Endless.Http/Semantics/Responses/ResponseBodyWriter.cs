using System.IO.Pipelines;

namespace Endless.Http.Semantics;

/// <summary>
/// A response's body as a pipe, made for one request: collects what is advanced in blocks, and hands them to the response at a flush, before a direct write, or when the
/// handler is done.
/// </summary>
/// <remarks>
/// Use after free: a handler may write to memory that it was given long after it has advanced over it, and may advance over memory that it has not written to. In a pooled block the first would
/// end up in another response, and the second would send another's bytes. So the blocks are this request's alone, and empty at first; it uses them again after a flush.
/// </remarks>
internal sealed class ResponseBodyWriter(IResponseBody response, Request request) : PipeWriter
{
    /// <summary>Holds most responses.</summary>
    private const int FirstBlockSize = 4 * 1024;

    /// <summary>For a response that keeps coming: fewer calls.</summary>
    private const int LargeBlockSize = 64 * 1024;

    private readonly Queue<(byte[] Bytes, int Length)> _full = new();
    private byte[] _last = [];
    private int _length;
    private long _unflushed;

    /// <summary>Something was advanced and not yet written.</summary>
    public bool HasPending => _unflushed > 0;

    /// <summary>The first block of what is pending.</summary>
    public ReadOnlyMemory<byte> Next => _full.TryPeek(out var first) ? first.Bytes.AsMemory(0, first.Length) : _last.AsMemory(0, _length);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override void Advance(int bytes)
    {
        request.EnterWrite("BodyWriter.Advance");
        try
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_last.Length - _length), nameof(bytes));
            _length += bytes;
            _unflushed += bytes;
        }
        finally
        {
            request.LeaveWrite();
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        request.EnterWrite("BodyWriter.GetMemory");
        try
        {
            MakeRoom(Math.Max(sizeHint, 1));
            return _last.AsMemory(_length);
        }
        finally
        {
            request.LeaveWrite();
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void CancelPendingFlush() { }

    /// <summary>The response ends with its handler; nothing is to be said before.</summary>
    public override void Complete(Exception? exception = null) { }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => WriteAsync(default, cancellationToken);

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        request.EnterWrite(source.IsEmpty ? "BodyWriter.FlushAsync" : "BodyWriter.WriteAsync");
        try
        {
            if (!source.IsEmpty) await response.WriteAsync(source, cancellationToken).ConfigureAwait(false);
            await response.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.LeaveWrite();
            await HandlerThread.ReturnAsync(request.Scheduling); // what the handler catches it handles there too
        }
        return default;
    }

    /// <summary>What <see cref="Next"/> gave was written.</summary>
    public void DropNext()
    {
        if (_full.TryDequeue(out var first))
        {
            _unflushed -= first.Length;
            return;
        }
        _unflushed = 0;
        _length = 0;
    }

    /// <summary>Drops what is pending.</summary>
    public void Clear()
    {
        _full.Clear();
        _unflushed = 0;
        _length = 0;
    }

    private void MakeRoom(int size)
    {
        if (_last.Length - _length >= size) return;
        var isFirst = _last.Length == 0;
        if (_length > 0) _full.Enqueue((_last, _length));
        _last = new byte[Math.Max(size, isFirst ? FirstBlockSize : LargeBlockSize)];
        _length = 0;
    }
}
