using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>Accepts the connections of one listening socket and spreads them over the loops. The socket belongs to its <see cref="ListenSocket"/>.</summary>
/// <remarks>Watched level-triggered by one loop, so a queue that is not emptied in one go is reported again. Start, stop and resume may come from any thread, one at a time.</remarks>
internal sealed class Listener : IEventSource, IThreadPoolWorkItem
{
    /// <summary>Accepts in one go before ready connections have their turn.</summary>
    private const int AcceptsPerTurn = 64;

    /// <summary>Waits after an accept that failed for want of resources: milliseconds, doubled each time, as in Go's Server.Serve.</summary>
    private const long FirstBackOff = 5;
    private const long LongestBackOff = 1_000;

    /// <summary>Connections asked to make room where the kernel does not say how many wait.</summary>
    private const int RoomForUnknown = 8;

    /// <summary>Between two lines in the log about that: milliseconds.</summary>
    private const long RoomReportPeriod = 10_000;

    private readonly EventLoopGroup _group;
    private readonly EventLoop _loop;
    private readonly IConnectionHandler _handler;
    private ulong _number;
    private bool _accepting;
    private int _underWay;
    private long _backOff;
    private bool _isFailing;
    private long _madeRoom;     // since the last line in the log
    private long _roomReportAt;
    private long _resumeAt = Connection.NoDeadline;
    private long _accepted;

    public Listener(EventLoopGroup group, ListenSocket socket, IConnectionHandler handler)
    {
        _group = group;
        _loop = group.NextLoop();
        _handler = handler;
        Socket = socket;
    }

    /// <summary>The socket this listener accepts from.</summary>
    public ListenSocket Socket { get; }

    /// <summary>Gets each accepted socket as it is, and owns its descriptor, where somebody else's code serves it; null where this library does. On the loop: must not block.</summary>
    public Action<int>? Raw { get; init; }

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Begins to accept.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">epoll refused.</exception>
    public void Start()
    {
        if (_accepting) return;
        if (!_loop.TryAdd(this, ref Socket.Descriptor, Libc.EPOLLIN, out _number)) throw Errno.Exception("epoll_ctl");
        _accepting = true;
    }

    /// <summary>Stops accepting. Connections in the kernel's queue stay there for whoever else holds the socket.</summary>
    public void StopAccepting()
    {
        if (!_accepting) return;
        _accepting = false;
        _loop.Remove(_number, ref Socket.Descriptor);
    }

    /// <summary>Stops accepting, and completes when no accept is under way any more: no connection arrives after that.</summary>
    public async Task StopAcceptingAsync()
    {
        StopAccepting();
        // Race: the loop's next turn proves nothing, as the monitor may have taken the loop away from an accept that was starved of its core,
        // and that accept then goes on beside the loop. Either it sees the flag, or it is counted here.
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref _underWay) != 0) await Task.Delay(1).ConfigureAwait(false);
    }

    /// <summary>
    /// After <see cref="StopAcceptingAsync"/>, before the socket is closed for good: takes in what is in the kernel's queue, which would be reset with it. Whoever is
    /// in it has connected, and may have asked already.
    /// </summary>
    public void TakeQueue()
    {
        // Bounded: others may come as fast as these are taken.
        for (var i = 0; i < ListenSocket.Backlog && TryAccept(); i++) { }
    }

    public void OnEvents(uint mask)
    {
        Interlocked.Increment(ref _underWay);
        for (var i = 0; i < AcceptsPerTurn && Volatile.Read(ref _accepting); i++)
            if (!TryAccept()) break;
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>False when there is nothing more to accept now.</summary>
    private unsafe bool TryAccept()
    {
        if (DescriptorLimit.LeavesReservedOnly())
        {
            BackOff(Errno.EMFILE);
            return false;
        }
        var address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        var fd = Socket.Descriptor.Accept(address, &length, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        if (fd < 0)
        {
            var errno = Errno.Last;
            if (errno is Errno.EAGAIN or Errno.EBADF) return false;
            if (errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
            {
                BackOff(errno);
                return false;
            }
            // ECONNABORTED, and the network errors that accept(2) passes on from the connection: that connection's loss only.
            return true;
        }
        if (_backOff != 0) _backOff = 0;
        if (_isFailing)
        {
            _isFailing = false;
            TransportLog.AcceptsAgain(_group.Logger, Socket.BoundAddress);
        }
        Interlocked.Increment(ref _accepted);
        if (Raw is { } raw)
        {
            raw(fd);
            return true;
        }
        var connection = new SocketConnection(fd, _group.NextLoop(), _handler)
        {
            RemoteSockAddr = new ReadOnlySpan<byte>(address, (int)length),
            LocalEndPoint = Socket.IsWildcard ? null : Socket.LocalEndPoint,
        };
        if (Admit(connection)) connection.Start();
        return true;
    }

    /// <summary>
    /// Takes in a connection that another process accepted from this listener's socket, with the bytes it had read. Serves it only from
    /// <see cref="SocketConnection.Start"/> on, so that nothing is read before the other process has let go. Null if it was refused; <paramref name="fd"/> is then closed, as it is when this throws.
    /// </summary>
    public SocketConnection? Adopt(int fd, ReadOnlySpan<byte> unread, long requestsServed)
    {
        if (DescriptorLimit.IsReserved(fd))
        {
            _ = Libc.close(fd);
            return null;
        }
        var connection = new SocketConnection(fd, _group.NextLoop(), _handler)
        {
            RemoteSockAddr = SockAddr.Remote(fd, stackalloc byte[SockAddr.MaxLength]),
            LocalEndPoint = Socket.IsWildcard ? null : Socket.LocalEndPoint,
            RequestsServed = requestsServed,
            RequestsServedBefore = requestsServed,
        };
        try
        {
            connection.Preload(unread);
            return Admit(connection) ? connection : null;
        }
        catch
        {
            connection.Close();
            throw;
        }
    }

    private bool Admit(SocketConnection connection)
    {
        if (_handler.OnAccepted(connection)) return true;
        connection.Close();
        _handler.OnEnded(connection, ConnectionOutcome.Close);
        return false;
    }

    private void BackOff(int errno)
    {
        var made = _handler.MakeRoom(Math.Clamp(Socket.QueueLength ?? RoomForUnknown, 1, AcceptsPerTurn));
        _backOff = made > 0 ? FirstBackOff : Math.Clamp(_backOff * 2, FirstBackOff, LongestBackOff);
        if (made > 0) ReportRoom(made, errno);
        else if (!_isFailing) TransportLog.AcceptFails(_group.Logger, Socket.BoundAddress, Errno.Describe(errno), _backOff);
        _isFailing |= made == 0;
        // The queue stays ready, so the loop would spin: not watched until the wait is over.
        _loop.Watch(_number, ref Socket.Descriptor, 0);
        Volatile.Write(ref _resumeAt, _loop.Now + _backOff);
        _loop.NoteDeadline(_resumeAt);
    }

    private void ReportRoom(int made, int errno)
    {
        _madeRoom += made;
        var now = Environment.TickCount64;
        if (now < _roomReportAt) return;
        _roomReportAt = now + RoomReportPeriod;
        TransportLog.MakesRoom(_group.Logger, Socket.BoundAddress, Errno.Describe(errno), _madeRoom);
        _madeRoom = 0;
    }

    long IEventSource.Deadline => Volatile.Read(ref _resumeAt);

    public void PostCheck()
    {
        Volatile.Write(ref _resumeAt, Connection.NoDeadline);
        _loop.Post(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _accepting)) _loop.Watch(_number, ref Socket.Descriptor, Libc.EPOLLIN);
    }
}
