using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Native;

namespace Endless.Http.Transport;

/// <summary>The bytes that arrive on a socket, as a pipe: non-blocking recv into pooled blocks, none of them while idle.</summary>
/// <remarks>Its fields belong to the flow: the thread that reads, or the loop after it claimed the sleeping flow (<see cref="SocketWait{TResult}"/>).</remarks>
internal sealed unsafe class SocketReader : PipeReader, ISocketOperation<ReadResult>
{
    /// <summary>Holds the heads of most requests; a page, so that the pool's arrays stay small.</summary>
    private const int FirstBlockSize = 4 * 1024;

    /// <summary>For a body that keeps coming: fewer calls.</summary>
    private const int LargeBlockSize = 64 * 1024;

    /// <summary>Reads answered in one go before the flow lets others on its loop have a turn: at most 1 MiB.</summary>
    private const int ReadsPerTurn = 16;

    private readonly SocketConnection _connection;
    private BufferSegment? _head;
    private BufferSegment? _tail;
    private BufferSegment? _spare;
    private int _consumed;          // bytes of _head that the flow is done with
    private bool _examinedAll = true;
    private bool _ended;
    private bool _filledLast;
    private int _readsThisTurn;

    public SocketReader(SocketConnection connection)
    {
        _connection = connection;
        Wait = new SocketWait<ReadResult>(connection, this);
    }

    /// <summary>Where the flow sleeps.</summary>
    public SocketWait<ReadResult> Wait { get; }

    /// <summary>What was received and not consumed. Only while no read is under way.</summary>
    public ReadOnlySequence<byte> Unread =>
        _head is null ? default : new ReadOnlySequence<byte>(_head, _consumed, _tail!, _tail!.End);

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (Wait.TakeCancel()) return new(Result(canceled: true));
        if (!_examinedAll || _ended) return new(Result(canceled: false));

        var yield = ++_readsThisTurn > ReadsPerTurn;
        if (!yield && Wait.Readiness.IsReady && TryComplete()) return new(Result(canceled: false));
        _readsThisTurn = 0;
        ReleaseIfEmpty();
        return Wait.WaitAsync(yield, cancellationToken);
    }

    /// <summary>One recv. True if there is news: bytes, or the end of the stream.</summary>
    public bool TryComplete()
    {
        if (_ended) return true;
        var free = MakeRoom();
        nint received;
        do
        {
            Wait.Readiness.BeforeCall();
            fixed (byte* buffer = free)
                received = _connection.IsAborted ? 0 : Libc.recv(_connection.Descriptor, buffer, (nuint)free.Length, 0);
        }
        while (received < 0 && Errno.Last == Errno.EINTR);

        if (received > 0)
        {
            _filledLast = received == free.Length;
            // A short count means a drained socket (epoll(7), questions and answers): the next bytes bring an edge, and no call is
            // spent on finding EAGAIN. Not so once the peer has closed: that edge may already have come.
            if (_filledLast || _connection.PeerClosed) Wait.Readiness.MarkReady();
            _tail!.Fill((int)received);
            BytesReceived += received;
            _examinedAll = false;
            return true;
        }
        if (received < 0 && Errno.Last == Errno.EAGAIN)
        {
            ReleaseIfEmpty();
            return false;
        }
        _ended = true;
        ReleaseIfEmpty();
        _connection.OnInputEnded(broken: received < 0);
        return true;
    }

    public ReadResult Result(bool canceled) => new(Unread, canceled, _ended);

    public override bool TryRead(out ReadResult result)
    {
        var canceled = Wait.TakeCancel();
        if (canceled || !_examinedAll || _ended)
        {
            result = Result(canceled);
            return true;
        }
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null || consumed.GetObject() is not BufferSegment segment) return;
        while (_head != segment)
        {
            var done = _head!;
            _head = done.NextSegment;
            Recycle(done);
        }
        _consumed = consumed.GetInteger();
        _examinedAll = examined.GetObject() == _tail && examined.GetInteger() == _tail!.End;
    }

    public override void CancelPendingRead() => Wait.Cancel();

    /// <summary>Gives the blocks back. The socket is closed by <see cref="SocketConnection.Close"/>.</summary>
    public override void Complete(Exception? exception = null)
    {
        _ended = true;
        while (_head is { } segment)
        {
            _head = segment.NextSegment;
            Recycle(segment);
        }
        _tail = null;
        _consumed = 0;
        _examinedAll = true;
    }

    /// <summary>Bytes that somebody else received come before those of the socket (a connection that was handed over). Before the first read.</summary>
    public void Preload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _head = _tail = NewSegment(Math.Max(bytes.Length, FirstBlockSize));
        bytes.CopyTo(_tail.Free);
        _tail.Fill(bytes.Length);
        _examinedAll = false;
    }

    /// <summary>One flow ended at a boundary and another begins: it sees the unread bytes, and looks at the socket itself.</summary>
    public void Restart()
    {
        _examinedAll = Unread.IsEmpty;
        Wait.Readiness.MarkReady();
    }

    private Span<byte> MakeRoom()
    {
        if (_tail is null)
        {
            _head = _tail = NewSegment(_filledLast ? LargeBlockSize : FirstBlockSize);
            _consumed = 0;
        }
        else if (_head == _tail && _consumed == _tail.End)
        {
            _tail.Rewind();
            _consumed = 0;
        }
        if (_tail.Free.IsEmpty)
        {
            var next = NewSegment(LargeBlockSize);
            _tail.Append(next);
            _tail = next;
        }
        return _tail.Free;
    }

    private BufferSegment NewSegment(int size)
    {
        var segment = _spare ?? new BufferSegment();
        _spare = null;
        segment.Rent(size);
        return segment;
    }

    private void Recycle(BufferSegment segment)
    {
        segment.Return();
        _spare = segment;
    }

    /// <summary>An idle connection holds no block.</summary>
    private void ReleaseIfEmpty()
    {
        if (_head is null || _head != _tail || _consumed != _tail.End) return;
        Recycle(_head);
        _head = _tail = null;
        _consumed = 0;
    }
}
