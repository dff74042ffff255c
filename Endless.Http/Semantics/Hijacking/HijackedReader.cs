using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Buffers;

namespace Endless.Http.Semantics;

/// <summary>A connection's input for the handler that took it over: <see cref="Close"/> may come at any time, from anywhere.</summary>
/// <remarks>
/// Descriptor reuse: the connection's own reader is one flow's. Closed during a read, that read would never end, and the flow or its loop would go on with
/// a descriptor that may be another connection's by then. Here every operation passes a gate, and whoever is the last inside closes.
/// <para>Only a cancel that came through here ends a read: one of the server's, which asked the connection to leave before or during the hijack, is ignored.</para>
/// </remarks>
internal sealed class HijackedReader : PipeReader
{
    private readonly PipeReader _input;
    private readonly DeferredClose _close;
    private readonly Action _closed;
    private int _canceled;      // CancelPendingRead was called, and no read has ended with it yet
    private bool _isLent;       // a result with bytes was handed out and not advanced over; written inside the gate only

    /// <param name="input">The connection's.</param>
    /// <param name="closed">Told once, when this direction is closed and nobody uses it.</param>
    public HijackedReader(PipeReader input, Action closed)
    {
        _input = input;
        _closed = closed;
        _close = new DeferredClose(OnClosed);
    }

    private static ReadResult End => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);

    /// <summary>Ends the read under way and all later ones. Idempotent.</summary>
    public void Close()
    {
        if (!_close.TryShut(out var inUse)) return;
        if (inUse) _input.CancelPendingRead();
        _close.Leave();
    }

    // A read that has its answer at once allocates nothing, and one that waits has its state from a pool.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (!_close.TryEnter()) return End;
        ReadResult result;
        var isOpen = false;
        try
        {
            do result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            while (!TryAccept(ref result));
            Lend(result);
        }
        finally
        {
            isOpen = _close.Leave();
        }
        return isOpen ? result : End;
    }

    public override bool TryRead(out ReadResult result)
    {
        result = End;
        if (!_close.TryEnter()) return true;
        var isOpen = false;
        var isRead = false;
        try
        {
            do isRead = _input.TryRead(out result);
            while (isRead && !TryAccept(ref result));
            if (isRead) Lend(result);
        }
        finally
        {
            isOpen = _close.Leave();
        }
        if (isOpen) return isRead;
        result = End;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_close.TryEnter()) return;
        try
        {
            _input.AdvanceTo(consumed, examined);
            _isLent = false;
        }
        finally
        {
            _close.Leave();
        }
    }

    public override void CancelPendingRead()
    {
        if (!_close.TryEnter()) return;
        Interlocked.Exchange(ref _canceled, 1);
        _input.CancelPendingRead();
        _close.Leave();
    }

    /// <inheritdoc cref="BlockPipeReader.KeepFromPool"/>
    /// <remarks>Of the flow that reads.</remarks>
    public void KeepFromPool()
    {
        if (!_close.TryEnter()) return;
        (_input as BlockPipeReader)?.KeepFromPool();
        _close.Leave();
    }

    /// <summary>The handler reads no more.</summary>
    public override void Complete(Exception? exception = null) => Close();

    /// <summary>False if the read ended for a cancel of the server's and nothing else: it is to be tried again.</summary>
    private bool TryAccept(ref ReadResult result)
    {
        if (!result.IsCanceled || Interlocked.Exchange(ref _canceled, 0) != 0 || _close.IsClosing) return true;
        result = new ReadResult(result.Buffer, isCanceled: false, result.IsCompleted);
        // A result with bytes is an answer, even if they were shown before. Without bytes there is nothing to advance over.
        if (!result.Buffer.IsEmpty || result.IsCompleted) return true;
        _input.AdvanceTo(result.Buffer.Start);
        return false;
    }

    private void Lend(in ReadResult result)
    {
        // Once the gate is shut the result is not handed out.
        if (!result.Buffer.IsEmpty && !_close.IsClosing) _isLent = true;
    }

    private void OnClosed()
    {
        // Use after free: another flow may still use what it read; a pool would fill the blocks with another client's bytes.
        if (_isLent && _input is BlockPipeReader blocks) blocks.Abandon();
        else _input.Complete();
        _closed();
    }
}
