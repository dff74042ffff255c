using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Workers;

namespace Endless.Http.Sockets;

/// <summary>A connection on a socket, watched by one event loop for its whole life.</summary>
/// <remarks>
/// Owns its descriptor (<see cref="OwnedDescriptor"/>), for all calls. Descriptor reuse: a late call (a handler that writes after its request has ended,
/// an abort from another thread) is refused, as if the peer were gone. The flow closes it (<see cref="Close"/>) when the engine is done; other threads only
/// shut it down (<see cref="Abort"/>). On its way to another process it is open and refuses calls too: bytes sent then would mix with that process's answers.
/// </remarks>
internal sealed partial class SocketConnection : Connection, IEventSource, IThreadPoolWorkItem
{
    private const uint InputMask = Libc.EPOLLIN | Libc.EPOLLRDHUP | Libc.EPOLLET;
    private const uint HangUp = Libc.EPOLLERR | Libc.EPOLLHUP;

    /// <summary>So many connections of a loop may keep a page or two each while they are idle: half a mebibyte.</summary>
    private const int FewSources = 128;

    private readonly EventLoop _loop;
    private readonly IConnectionHandler _handler;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private OwnedDescriptor _socket;
    private readonly ulong _remoteIPv4;
    private EndPoint? _remote;
    private EndPoint? _local;
    private ulong _number;
    private int _started;
    private int _checkPosted;
    private bool _watchesOutput;
    private volatile bool _inTransit;
    private volatile bool _watched;
    private volatile bool _aborted;
    private volatile bool _outputBroken;
    private volatile bool _makesRoom;
    private volatile bool _discardsUnsent;

    public SocketConnection(int fd, EventLoop loop, IConnectionHandler handler)
    {
        Id = loop.Resources.NextConnectionId();
        _socket = new OwnedDescriptor(fd);
        _loop = loop;
        _handler = handler;
        _reader = new SocketReader(this);
        _writer = new SocketWriter(this);
        Outer = this;
    }

    /// <summary>The socket's number, to hand it over: between <see cref="ConnectionOutcome.HandOver"/> and <see cref="Close"/> or <see cref="Resume()"/> only the hand-over uses it.</summary>
    public int Descriptor => _socket.Number;

    /// <summary>Somebody ended the connection from outside.</summary>
    public bool IsAborted => _aborted;

    /// <summary>It has left its engine to be handed over; until that is done, or it is served here again.</summary>
    public bool IsInTransit => _inTransit;

    public override bool IsBroken => _outputBroken || _aborted;

    /// <summary>What was received and not consumed. Only while no read is under way.</summary>
    public ReadOnlySequence<byte> Unread => _reader.Unread;

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    /// <summary>The client's address as the system gave it. Most are never asked for, so one of IPv4 is kept packed: an endpoint is two objects.</summary>
    public ReadOnlySpan<byte> RemoteSockAddr
    {
        init
        {
            _remoteIPv4 = SockAddr.PackIPv4(value);
            if (_remoteIPv4 == 0) _remote = SockAddr.Decode(value);
        }
    }

    public override EndPoint? RemoteEndPoint => _remote ??= _remoteIPv4 == 0 ? null : SockAddr.UnpackIPv4(_remoteIPv4);

    /// <remarks>Looked up when first asked for: on a wildcard listener it takes a system call that few need.</remarks>
    public override EndPoint? LocalEndPoint
    {
        get => _local ??= _socket.LocalEndPoint();
        init => _local = value;
    }

    public override long ReadDeadline
    {
        get => _reader.Wait.Deadline;
        set => _reader.Wait.Deadline = value;
    }

    public override long WriteDeadline
    {
        get => _writer.Deadline;
        set => _writer.Deadline = value;
    }

    public override bool ReadTimedOut => _reader.Wait.TimedOut;

    public override bool IsAskedForRoom => _makesRoom || _reader.Wait.IsAskedForRoom;

    public override bool MakesRoom => _makesRoom;

    /// <summary>The connection that this one carries; itself where nothing is between it and its engine.</summary>
    public Connection Outer { private get; set; }

    /// <summary>The engine only waits for a request. Asked by who has claimed the flow.</summary>
    public bool MayMakeRoom => Outer.IsWaitingForRequest;

    /// <summary>Bytes that the kernel holds: not sent, or not acknowledged. Of a UNIX socket what they take up.</summary>
    public int UnsentBytes => _socket.UnsentBytes();

    public override long Now => _loop.Now;

    /// <inheritdoc cref="EventLoop.TurnTime"/>
    public long TurnTime => _loop.TurnTime;

    public override bool WaitsWhileIdle => true;

    public override bool MayKeepMemory => _loop.Sources <= FewSources;

    public override WorkerPool Workers => _loop.Resources.Workers;

    public override void Defer(IThreadPoolWorkItem work)
    {
        if (!_loop.TryDefer(work)) base.Defer(work);
    }

    public override ArrayPool<byte> Blocks => _loop.Resources.Blocks;

    /// <summary>Where what clients do not read counts.</summary>
    public Budget Unsent => _loop.Resources.Unsent;

    public override long BytesReceived => _reader.BytesReceived;

    public override long BytesSent => _writer.BytesSent;

    /// <summary>Begins to watch the socket; the engine starts with the first bytes. If epoll refuses, the connection ends.</summary>
    public void Start()
    {
        // Race: looked at first. Once the loop watches the socket, the flow may run there, and the reader belongs to the flow.
        var hasUnread = !_reader.Unread.IsEmpty;
        _watched = true;
        if (_loop.TryAdd(this, ref _socket, InputMask, out _number))
        {
            // Bytes that came with a connection handed over bring no edge, and a request to leave may have come before the start: to this connection, or to one
            // that wraps it and only cancels the read of this one.
            if (hasUnread || Leave != LeaveRequest.None || _reader.Wait.HasCancel) PostCheck();
            return;
        }
        _watched = false;
        Close();
        _handler.OnEnded(this, ConnectionOutcome.Close);
    }

    /// <summary>Bytes that the previous owner of this connection received. Before <see cref="Start"/>.</summary>
    public void Preload(ReadOnlySpan<byte> bytes) => _reader.Preload(bytes);

    /// <summary>After <see cref="ConnectionOutcome.HandOver"/> came to nothing: serves the connection on, here.</summary>
    public void Resume()
    {
        _reader.Restart();
        Volatile.Write(ref _started, 0);
        _watchesOutput = false;
        _socket.Resume();
        _inTransit = false;
        Start();
    }

    /// <summary>Goes on with a claimed flow: here, or on a worker if the application code it is in is known to block.</summary>
    public void Resume(IThreadPoolWorkItem flow)
    {
        if (ActiveSite is { Blocks: true } site) Resume(flow, site);
        else flow.Execute();
    }

    public override void Resume(IThreadPoolWorkItem work, BlockingSite site) => _loop.Resume(work, site, this);

    /// <inheritdoc cref="EventLoop.NoteDeadline"/>
    public void NoteDeadline(long deadline) => _loop.NoteDeadline(deadline);

    /// <summary>One recv(2): <see cref="OwnedDescriptor.Receive"/>.</summary>
    public nint Receive(Span<byte> buffer) => _socket.Receive(buffer);

    /// <summary>One send(2): <see cref="OwnedDescriptor.Send"/>.</summary>
    public nint Send(ReadOnlySpan<byte> bytes, int flags) => _socket.Send(bytes, flags);

    /// <summary>One sendfile(2): <see cref="OwnedDescriptor.SendFile"/>.</summary>
    public nint SendFile(int file, long offset, int count) => _socket.SendFile(file, offset, count);

    /// <inheritdoc cref="IFileOutput.MaxUnsentBytes"/>
    public int MaxUnsentBytes { get => _socket.MaxUnsentBytes(); set => _socket.SetMaxUnsentBytes(value); }

    /// <summary>The socket was full: from now on epoll says when it is not. Most connections never come here, and have half the events.</summary>
    public void WatchOutput()
    {
        if (_watchesOutput) return;
        _watchesOutput = true;
        // A change of the mask reports what is ready already, so room that came since the failed send is not missed.
        _loop.Watch(_number, ref _socket, InputMask | Libc.EPOLLOUT);
    }

    /// <summary>The peer's stream ended; with <paramref name="broken"/> because the connection did.</summary>
    public void OnInputEnded(bool broken)
    {
        if (broken) _outputBroken = true;
        RaisePeerClosed();
    }

    /// <summary>A send failed, or took too long.</summary>
    public void OnOutputBroken()
    {
        _outputBroken = true;
        RaisePeerClosed();
    }

    /// <summary>A flush has given up on a peer that takes nothing, or too little: it will not take what the kernel still has for it either.</summary>
    public void OnPeerTooSlow()
    {
        ResponsesAbandoned++;
        _discardsUnsent = true;
    }

    /// <summary>The flow gives up, to make room.</summary>
    public void OnMakingRoom() => _makesRoom = true;

    public override void AskForRoom() => _reader.Wait.AskForRoom();

    public void OnEvents(uint mask)
    {
        // Before the edges: a read that finds the socket drained must know that no further edge may come.
        if ((mask & (Libc.EPOLLRDHUP | HangUp)) != 0) RaisePeerClosed();
        if (Volatile.Read(ref _started) == 0)
        {
            Begin();
            return;
        }
        if ((mask & (Libc.EPOLLOUT | HangUp)) != 0) _writer.Wait.OnEdge();
        if ((mask & (Libc.EPOLLIN | Libc.EPOLLRDHUP | HangUp)) != 0) _reader.Wait.OnEdge();
    }

    long IEventSource.Deadline
    {
        get
        {
            if (Volatile.Read(ref _started) == 0) return ReadDeadline;
            var read = _reader.Wait.IsWaiting ? ReadDeadline : NoDeadline;
            var write = _writer.Wait.IsWaiting ? _writer.Wait.Deadline : NoDeadline;
            return Math.Min(read, write);
        }
    }

    /// <summary>Has the loop look at the sleeping flows. Any thread.</summary>
    public void PostCheck()
    {
        if (Interlocked.Exchange(ref _checkPosted, 1) == 0) _loop.Post(this);
    }

    /// <summary>The posted check, on the loop.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _checkPosted, 0);
        if (!_watched) return; // not started yet: Start looks for what was asked meanwhile
        if (Volatile.Read(ref _started) == 0)
        {
            Begin();
            return;
        }
        _writer.Wait.Check();
        _reader.Wait.Check();
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) Run();
    }

    /// <summary>Calls the engine, and while it is idle waits in its place: without a state machine or anything else that a flow needs.</summary>
    public void Run()
    {
        while (true)
        {
            var serving = ServeAsync();
            if (!serving.IsCompletedSuccessfully)
            {
                _ = FinishAsync(serving);
                return;
            }
            // Use after free: read once. The result of a flow that waited may be in a pooled object, which belongs to another flow once it is read.
            var outcome = serving.Result;
            if (outcome != ConnectionOutcome.Idle)
            {
                End(outcome);
                return;
            }
            if (TrySleep()) return;
        }
    }

    /// <summary>The rest of a run whose engine had to wait for something.</summary>
    private async Task FinishAsync(ValueTask<ConnectionOutcome> serving)
    {
        ConnectionOutcome outcome;
        try
        {
            outcome = await serving.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            outcome = Failed(exception);
        }
        if (outcome != ConnectionOutcome.Idle) End(outcome);
        else if (!TrySleep()) Run();
    }

    private ValueTask<ConnectionOutcome> ServeAsync()
    {
        try
        {
            return _handler.ServeAsync(this);
        }
        catch (Exception exception)
        {
            return new(Failed(exception));
        }
    }

    private ConnectionOutcome Failed(Exception exception)
    {
        TransportLog.EngineFailed(_loop.Resources.Logger, exception);
        return ConnectionOutcome.Close;
    }

    private void End(ConnectionOutcome outcome)
    {
        if (outcome == ConnectionOutcome.Close) Close();
        else if (outcome == ConnectionOutcome.HandOver) Detach();
        _handler.OnEnded(this, outcome);
    }

    /// <summary>Lets go of the socket, open, for another process. From now on it may be that process's too: no call is made on it here, nor is one under way.</summary>
    private void Detach()
    {
        _watched = false;
        _inTransit = true;
        _loop.Remove(_number, ref _socket);
        _socket.Suspend();
    }

    public override void Abort()
    {
        _aborted = true;
        _socket.ShutDown(Libc.SHUT_RDWR);
        RaisePeerClosed();
        PostCheck();
    }

    public override void Shed()
    {
        // With TLS around it, a handler may have taken over the outer connection.
        if (Tag is Connection outer) outer.Shed();
        else base.Shed();
    }

    public override void BreakOutput()
    {
        _outputBroken = true;
        // Lost wake-up: a cancel, not just a check. A flush between finding the socket full and falling asleep sees a cancel and misses a check.
        _writer.Wait.Cancel();
    }

    public override void FlushNow() => _writer.TryComplete();

    public override void ShutdownWrite() => _socket.ShutDown(Libc.SHUT_WR);

    public override void Close()
    {
        // Before it is closed, and not by the close: EventLoop.Remove says why.
        if (_watched) _loop.Remove(_number, ref _socket);
        if (_discardsUnsent) _socket.DiscardUnsent();
        if (!_socket.Close()) return;
        _reader.Complete();
        _writer.Complete();
        if (!_reader.Wait.IsWaiting && !_writer.Wait.IsWaiting) return;
        // No event comes any more: a flow that sleeps here against the contract looks once more, and finds the end.
        _outputBroken = true;
        PostCheck();
    }

    public override ValueTask YieldAsync() => _loop.YieldAsync(this);
}
