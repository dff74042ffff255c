using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Budgets;
using Endless.Http.Buffers;
using Endless.Http.Connections;
using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>The bytes that leave on a socket, as a pipe: written into pooled blocks, sent by a flush, none of them while idle.</summary>
/// <remarks>Its fields belong to the flow: the thread that writes, or the loop after it claimed the sleeping flow (<see cref="SocketWait{TResult}"/>).</remarks>
internal sealed class SocketWriter : PipeWriter, IFileOutput, ISocketOperation<FlushResult>, IThreadPoolWorkItem
{
    /// <summary>Holds most responses, or a batch of short ones; a page, so that the pool's arrays stay small.</summary>
    private const int FirstBlockSize = 4 * 1024;

    /// <summary>For a response that keeps coming: fewer calls.</summary>
    private const int LargeBlockSize = 64 * 1024;

    /// <summary>From this size on, memory given to <see cref="WriteAsync"/> is sent from where it is instead of being copied.</summary>
    private const int BorrowSize = 8 * 1024;

    /// <summary>Bytes sent in one go before the flow lets others on its loop have a turn.</summary>
    private const int BytesPerTurn = 1024 * 1024;

    /// <summary>By how much at a time what the peer does not take counts in the process's budget.</summary>
    private const int BudgetStep = 16 * 1024;

    private readonly SocketConnection _connection;
    private Queue<OutputBlock>? _full;
    private OutputBlock _last;
    private ReadOnlyMemory<byte> _borrowed;     // the caller's memory, sent after the blocks, until its flush is done
    private FilePart? _file;                    // the caller's, sent after the blocks, until its flush is done
    private int _sentOfFirst;
    private long _unflushed;
    private int _sentThisTurn;
    private Holding? _unsent;                   // for a peer that once did not take all at once
    private RateAccount? _account; // most never wait

    public SocketWriter(SocketConnection connection)
    {
        _connection = connection;
        Wait = new SocketWait<FlushResult>(connection, this);
    }

    /// <summary>Where the flow sleeps.</summary>
    public SocketWait<FlushResult> Wait { get; }

    /// <summary>Bytes the kernel took so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>When a flush gives up, in milliseconds of <see cref="Connection.Now"/>, however much the peer takes.</summary>
    public long Deadline { get; set; } = Connection.NoDeadline;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.FreeMemory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _last.FreeSpan;
    }

    public override void Advance(int bytes)
    {
        _last.Advance(bytes);
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        return BeginFlush(cancellationToken);
    }

    /// <remarks>
    /// The bytes are in the output whatever becomes of the flush, as with a <see cref="Pipe"/>: what frames them has announced them, and cannot take that back (response splitting: the next response stood in the chunk
    /// of a write that was canceled while it waited for its turn).
    /// </remarks>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        // Use after free: a flush that never begins would not return borrowed memory.
        if (source.Length < BorrowSize || cancellationToken.IsCancellationRequested)
        {
            this.Write(source.Span);
            return FlushAsync(cancellationToken);
        }
        _borrowed = source;
        _unflushed += source.Length;
        return BeginFlush(cancellationToken);
    }

    public int MaxUnsentBytes { get => _connection.MaxUnsentBytes; set => _connection.MaxUnsentBytes = value; }

    public ValueTask<FlushResult> SendFileAsync(FilePart part, CancellationToken cancellationToken)
    {
        // As above: a flush that never begins would leave the file behind.
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        _file = part;
        _unflushed += part.Left;
        return BeginFlush(cancellationToken);
    }

    /// <summary>A flush that ends in <see cref="Result"/>. Looks at the token only there: it may have been canceled since its caller looked, and what the caller lent is given back all the same.</summary>
    private ValueTask<FlushResult> BeginFlush(CancellationToken cancellationToken)
    {
        if (Wait.TakeCancel()) return new(Result(canceled: true));
        var done = TryComplete();
        if (done && _sentThisTurn < BytesPerTurn) return new(Result(canceled: false));
        _sentThisTurn = 0;
        Wait.Deadline = !done && _connection.LeastSendRate is { } rate ? Math.Min(Deadline, (_account ??= new()).Begin(rate, _connection.Now)) : Deadline;
        return Wait.WaitAsync(yield: done, cancellationToken);
    }

    /// <summary>Sends until all is sent or the socket is full. True if all is sent, or nothing ever will be.</summary>
    public bool TryComplete()
    {
        while (_unflushed > 0)
        {
            var file = _file is not null && _unflushed == _file.Left ? _file : null; // what is before it has been sent
            Wait.Readiness.BeforeCall();
            var sent = _connection.IsBroken ? 0 : file is null ? Send() : _connection.SendFile(file.Descriptor, file.Offset, file.Left);
            if (sent > 0)
            {
                Sent((int)sent);
                continue;
            }
            if (sent == -Errno.EINTR) continue;
            if (sent == -Errno.EAGAIN)
            {
                _connection.WatchOutput();
                // Not borrowed memory: the handler owns it, and often shares it.
                (_unsent ??= new Holding(_connection.Unsent, _connection, BudgetStep)).Set(_unflushed - _borrowed.Length - (_file?.Left ?? 0));
                return false;
            }
            if (file is not null && !_connection.IsBroken && sent is not (-Errno.EPIPE or -Errno.ECONNRESET or OwnedDescriptor.Refused))
            {
                file.Stop(hasEnded: sent == 0);
                break;
            }
            _connection.OnOutputBroken();
            break;
        }
        Release();
        return true;
    }

    /// <remarks>Bytes that the kernel took are not yet at the peer: the kernel's buffer has room for megabytes, for which nobody would wait.</remarks>
    public bool IsLate(long now)
    {
        if (now >= Deadline || _connection.LeastSendRate is not { } rate) return true;
        if (_account!.IsTooSlow(rate, now, BytesSent - _connection.UnsentBytes, sharers: 1, out var next)) return true;
        Wait.Deadline = Math.Min(Deadline, next);
        return false;
    }

    public FlushResult Result(bool canceled)
    {
        if (_account is not null && _connection.LeastSendRate is { } rate) _account.End(rate, _connection.Now);
        if (canceled && (Wait.TimedOut || _connection.IsBroken))
        {
            // A flush that gave up at its deadline leaves half a message behind: nothing sensible can follow on this connection. And where nothing can follow
            // anyway (BreakOutput), what is left need not be kept.
            if (Wait.TimedOut) _connection.OnPeerTooSlow();
            _connection.OnOutputBroken();
            Release();
            canceled = false;
        }
        else if (canceled && _file is not null)
        {
            _unflushed -= _file.Left;
            _file = null;
        }
        else if (canceled && !_borrowed.IsEmpty)
        {
            // Use after free: the caller may reuse its memory after a cancel; what the kernel did not take is copied.
            var rest = _borrowed;
            _borrowed = default;
            _unflushed -= rest.Length;
            this.Write(rest.Span);
        }
        return new(canceled, _connection.IsBroken);
    }

    /// <summary>The end of the turn in which the engine became idle.</summary>
    void IThreadPoolWorkItem.Execute() => _connection.SendDeferred();

    public override void CancelPendingFlush() => Wait.Cancel();

    /// <summary>Gives the blocks back; what was not flushed is lost. The socket is closed by <see cref="SocketConnection.Close"/>.</summary>
    public override void Complete(Exception? exception = null)
    {
        Release();
        _unsent?.End();
        _unsent = null;
    }

    /// <summary>One send of what comes next.</summary>
    private nint Send()
    {
        var next = Next(out var more);
        return _connection.Send(next, Libc.MSG_NOSIGNAL | (more ? Libc.MSG_MORE : 0));
    }

    /// <summary>What to send next, and whether more follows it (so that the kernel does not send a short segment in between).</summary>
    private ReadOnlySpan<byte> Next(out bool more)
    {
        if (_full is { Count: > 0 })
        {
            more = true;
            return _full.Peek().FilledFrom(_sentOfFirst);
        }
        if (_last.Length > _sentOfFirst)
        {
            more = !_borrowed.IsEmpty || _file is not null;
            return _last.FilledFrom(_sentOfFirst);
        }
        more = false;
        return _borrowed.Span;
    }

    private void Sent(int count)
    {
        _unflushed -= count;
        _sentThisTurn += count;
        BytesSent += count;
        if (_full is { Count: > 0 })
        {
            _sentOfFirst += count;
            if (_sentOfFirst < _full.Peek().Length) return;
            _full.Dequeue().Return(_connection.Blocks);
            _sentOfFirst = 0;
        }
        else if (_last.Length > _sentOfFirst)
        {
            _sentOfFirst += count;
            if (_sentOfFirst < _last.Length) return;
            _last.Clear();
            _sentOfFirst = 0;
        }
        else if (_file is { } file)
        {
            file.Advance(count);
            if (file.Left == 0) _file = null;
        }
        else
        {
            _borrowed = _borrowed[count..];
        }
    }

    private void MakeRoom(int sizeHint)
    {
        sizeHint = Math.Max(sizeHint, 1);
        if (_last.Room >= sizeHint) return;
        if (_last.Length == 0)
        {
            _last.Return(_connection.Blocks);
        }
        else
        {
            (_full ??= new Queue<OutputBlock>()).Enqueue(_last);
            _last = default;
        }
        var size = _full is { Count: > 0 } ? LargeBlockSize : FirstBlockSize;
        _last.Rent(_connection.Blocks, Math.Max(sizeHint, size));
    }

    private void Release()
    {
        while (_full is { Count: > 0 }) _full.Dequeue().Return(_connection.Blocks);
        _last.Return(_connection.Blocks);
        _borrowed = default;
        _file = null;
        _sentOfFirst = 0;
        _unflushed = 0;
        _unsent?.Set(0);
    }
}
