using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Connections;

namespace Endless.Http.Semantics;

/// <summary>A connection's output for the handler that took it over: <see cref="Close"/> may come at any time, from anywhere, as for <see cref="HijackedReader"/>.</summary>
/// <remarks>
/// Use after free: a handler may write to memory that it was given when it has long advanced over it. In one of the connection's pooled blocks that would end up on another client's
/// connection, so this connection has its own memory, copied when it is advanced.
/// </remarks>
internal sealed class HijackedWriter : PipeWriter
{
    private const int SmallestSize = 4 * 1024;

    private readonly Connection _connection;
    private readonly PipeWriter _output;
    private readonly DeferredClose _close;
    private readonly Action _closed;
    private byte[] _block = []; // what is written by GetMemory and Advance, from one flush to the next
    private int _length;

    /// <param name="connection">Its output is written to.</param>
    /// <param name="closed">Told once, when this direction is closed and nobody uses it.</param>
    public HijackedWriter(Connection connection, Action closed)
    {
        _connection = connection;
        _output = connection.Output;
        _closed = closed;
        _close = new DeferredClose(OnClosed);
    }

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes;

    private static FlushResult End => new(isCanceled: false, isCompleted: true);

    /// <summary>Ends the flush under way and all later ones. Idempotent.</summary>
    public void Close()
    {
        if (!_close.TryShut(out var inUse)) return;
        // Not a cancel: a canceled flush copies or encrypts the rest of what it was given, be it hundreds of megabytes, for a next one that does not come.
        if (inUse) _connection.BreakOutput();
        _close.Leave();
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_block.Length - _length < Math.Max(sizeHint, 1)) (_block, _length) = (new byte[Math.Max(sizeHint, SmallestSize)], 0);
        return _block.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_block.Length - _length), nameof(bytes));
        if (!_close.TryEnter()) return;
        try
        {
            _output.Write(_block.AsSpan(_length, bytes));
            _length += bytes;
        }
        finally
        {
            _close.Leave();
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        SendAsync(default, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        SendAsync(source, cancellationToken);

    public override void CancelPendingFlush()
    {
        if (!_close.TryEnter()) return;
        _output.CancelPendingFlush();
        _close.Leave();
    }

    /// <summary>The handler writes no more; what it has not flushed is lost.</summary>
    public override void Complete(Exception? exception = null) => Close();

    // As a read: no allocation where nothing has to wait.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (!_close.TryEnter()) return End;
        FlushResult result;
        var isOpen = false;
        try
        {
            (_block, _length) = ([], 0); // an idle connection holds none
            var sending = source.IsEmpty ? _output.FlushAsync(cancellationToken) : _output.WriteAsync(source, cancellationToken);
            result = await sending.ConfigureAwait(false);
        }
        finally
        {
            isOpen = _close.Leave();
        }
        return isOpen ? result : End;
    }

    private void OnClosed()
    {
        _output.Complete();
        _closed();
    }
}
