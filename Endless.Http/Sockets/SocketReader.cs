using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Buffers;
using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>The bytes that arrive on a socket, as a pipe: non-blocking recv into pooled blocks, none of them while idle.</summary>
/// <remarks>Its fields belong to the flow: the thread that reads, or the loop after it claimed the sleeping flow (<see cref="SocketWait{TResult}"/>).</remarks>
internal sealed class SocketReader : BlockPipeReader, ISocketOperation<ReadResult>
{
    /// <summary>Reads answered in one go before the flow lets others on its loop have a turn: at most 128 KiB.</summary>
    private const int ReadsPerTurn = 2;

    private readonly SocketConnection _connection;
    private int _readsThisTurn;

    public SocketReader(SocketConnection connection)
    {
        _connection = connection;
        Wait = new SocketWait<ReadResult>(connection, this);
    }

    /// <summary>Where the flow sleeps.</summary>
    public SocketWait<ReadResult> Wait { get; }

    protected override ArrayPool<byte> Blocks => _connection.Blocks;

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        if (Wait.TakeCancel()) return new(Result(canceled: true));
        if (HasNews || TryReceive(out var yield)) return new(Result(canceled: false));
        return Wait.WaitAsync(yield, cancellationToken);
    }

    /// <summary>
    /// Waits for input, the deadline or a cancel without a flow; <see cref="SocketConnection.Run"/> goes on then. False if there is something already. After true nothing of the
    /// connection may be touched: the wait may be over by now.
    /// </summary>
    public bool TrySleep()
    {
        if (Wait.TakeCancel() || HasNews || TryReceive(out var yield)) return false;
        return Wait.TryWaitUnattended(yield);
    }

    /// <summary>Looks at the socket if there is reason to. False if there is no news: the flow is to wait, and with <paramref name="yield"/> only until others had their turn.</summary>
    private bool TryReceive(out bool yield)
    {
        yield = ++_readsThisTurn > ReadsPerTurn;
        if (!yield && Wait.Readiness.IsReady && TryComplete()) return true;
        _readsThisTurn = 0;
        ReleaseIfEmpty();
        return false;
    }

    /// <summary>One recv. True if there is news: bytes, or the end of the stream.</summary>
    public bool TryComplete()
    {
        if (Ended) return true;
        var free = MakeRoom().Span;
        nint received;
        do
        {
            Wait.Readiness.BeforeCall();
            received = _connection.IsAborted ? 0 : _connection.Receive(free);
        }
        while (received == -Errno.EINTR);

        if (received > 0)
        {
            var filled = Fill((int)received);
            // A short count means a drained socket (epoll(7), questions and answers): the next bytes bring an edge, and no call is
            // spent on finding EAGAIN. Not so once the peer has closed: that edge may already have come.
            if (filled || _connection.PeerClosed) Wait.Readiness.MarkReady();
            BytesReceived += received;
            Wait.ForgetRoom();
            return true;
        }
        if (received == -Errno.EAGAIN)
        {
            ReleaseIfEmpty();
            return false;
        }
        Ended = true;
        ReleaseIfEmpty();
        _connection.OnInputEnded(broken: received < 0);
        return true;
    }

    public bool IsLate(long now) => true;

    public override bool TryRead(out ReadResult result)
    {
        var canceled = Wait.TakeCancel();
        if (canceled || HasNews)
        {
            result = Result(canceled);
            return true;
        }
        result = default;
        return false;
    }

    public override void CancelPendingRead() => Wait.Cancel();

    /// <summary>One flow ended at a boundary and another begins: it sees the unread bytes, and looks at the socket itself.</summary>
    public void Restart()
    {
        ShowUnread();
        Wait.Readiness.MarkReady();
    }
}
