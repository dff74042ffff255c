using System.Net;

namespace Endless.Http.Native;

/// <summary>A descriptor that several threads make calls on, and its close(2): made once, when nobody is inside a call, and no call begins after it.</summary>
/// <remarks>
/// <para>Descriptor reuse: the kernel gives the number of a closed descriptor to the next file that the process opens. A call on the old number reaches that file: a late send
/// another client, a late shutdown or epoll_ctl another connection. So every call is made inside, between <see cref="TryEnter"/> and <see cref="Leave"/>; whoever closes only lets
/// nobody enter any more, and the last one to leave makes the call. Afterwards a call is refused without being made, and its caller goes on as for a peer that is gone.</para>
/// <para>That costs two locked instructions a call and no allocation: it is a mutable struct, a field of its owner, never copied.</para>
/// </remarks>
internal unsafe struct OwnedDescriptor(int number)
{
    /// <summary>The result of a call that was not made: what the kernel says of a number that is not open.</summary>
    public const nint Refused = -Errno.EBADF;

    private UseCount _users;

    /// <summary>The number. To be used in a call only from inside, or by one who is known to be the only one who closes.</summary>
    public readonly int Number { get; } = number;

    /// <summary>No descriptor.</summary>
    public static OwnedDescriptor None => new(-1);

    /// <summary>There is none.</summary>
    public readonly bool IsNone => Number < 0;

    /// <summary>True means that the number stays open until <see cref="Leave"/>, which the caller owes.</summary>
    public bool TryEnter() => _users.TryEnter();

    /// <summary>Ends a use. The last one after <see cref="TryShut"/> closes.</summary>
    public void Leave()
    {
        _users.Leave(out var isLast);
        if (isLast && !IsNone) _ = Libc.close(Number);
    }

    /// <summary>Lets nobody enter any more. True for the first who asks: it is inside, may still make calls, and owes <see cref="Leave"/>.</summary>
    public bool TryShut() => _users.TryShut(out _);

    /// <summary>Closes, as soon as nobody is inside. False if somebody else did.</summary>
    public bool Close()
    {
        if (!TryShut()) return false;
        Leave();
        return true;
    }

    /// <summary>The caller is the only one to use the number from now on, until <see cref="Resume"/> or <see cref="Close"/>. Waits for calls under way, none of which may be one that blocks.</summary>
    public void Suspend() => _users.Suspend();

    /// <summary>Ends <see cref="Suspend"/>.</summary>
    public void Resume() => _users.Resume();

    /// <inheritdoc cref="Libc.recv(int, byte*, nuint, int)"/>
    public nint Receive(Span<byte> buffer)
    {
        if (!TryEnter()) return Refused;
        nint received;
        fixed (byte* bytes = buffer)
            received = Libc.recv(Number, bytes, (nuint)buffer.Length, 0);
        Leave();
        return received;
    }

    /// <inheritdoc cref="Libc.send(int, byte*, nuint, int)"/>
    public nint Send(ReadOnlySpan<byte> bytes, int flags)
    {
        if (!TryEnter()) return Refused;
        nint sent;
        fixed (byte* start = bytes)
            sent = Libc.send(Number, start, (nuint)bytes.Length, flags);
        Leave();
        return sent;
    }

    /// <summary>One sendfile(2) from a file that its owner keeps open meanwhile: <see cref="Libc.sendfile(int, int, long*, nuint)"/>.</summary>
    public nint SendFile(int file, long offset, int count)
    {
        if (!TryEnter()) return Refused;
        var sent = Libc.sendfile(Number, file, &offset, (nuint)count);
        Leave();
        return sent != Refused ? sent : -Errno.EINVAL; // it is the file that cannot be read
    }

    /// <summary>Bytes that were sent on a socket and that its peer has not acknowledged (SIOCOUTQ); of a UNIX socket the memory that they take up.</summary>
    public int UnsentBytes()
    {
        var count = 0;
        if (!TryEnter()) return 0;
        if (Libc.ioctl(Number, Libc.SIOCOUTQ, &count) != 0) count = 0;
        Leave();
        return count;
    }

    /// <summary>What the kernel takes on a socket beyond what is on its way (TCP_NOTSENT_LOWAT): 0 where the kernel alone decides, and of a socket that is not TCP.</summary>
    public int MaxUnsentBytes()
    {
        int bytes;
        uint length = sizeof(int);
        if (!TryEnter()) return 0;
        if (Libc.getsockopt(Number, Libc.IPPROTO_TCP, Libc.TCP_NOTSENT_LOWAT, &bytes, &length) != 0) bytes = 0;
        Leave();
        return bytes;
    }

    /// <summary>Sets what <see cref="MaxUnsentBytes"/> returns.</summary>
    public void SetMaxUnsentBytes(int bytes)
    {
        if (!TryEnter()) return;
        _ = Libc.setsockopt(Number, Libc.IPPROTO_TCP, Libc.TCP_NOTSENT_LOWAT, &bytes, sizeof(int));
        Leave();
    }

    /// <summary>Has the close throw away what was not sent yet (SO_LINGER with no time): the kernel would go on offering it to the peer for minutes. The peer sees a reset.</summary>
    public void DiscardUnsent()
    {
        var linger = new Libc.Linger { IsOn = 1 };
        if (!TryEnter()) return;
        _ = Libc.setsockopt(Number, Libc.SOL_SOCKET, Libc.SO_LINGER, &linger, (uint)sizeof(Libc.Linger));
        Leave();
    }

    /// <summary>shutdown(2).</summary>
    public void ShutDown(int how)
    {
        if (!TryEnter()) return;
        _ = Libc.shutdown(Number, how);
        Leave();
    }

    /// <summary>accept4(2). The new descriptor, the caller's; negative with errno set if there is none.</summary>
    public int Accept(byte* address, uint* length, int flags)
    {
        if (!TryEnter()) return Errno.Fail(Errno.EBADF);
        var accepted = Libc.accept4(Number, address, length, flags);
        var errno = Errno.Last;
        Leave();
        return accepted >= 0 ? accepted : Errno.Fail(errno);
    }

    /// <summary>epoll_ctl(2) of this epoll instance. False with errno set if the kernel refused, or one of the two is closed.</summary>
    public bool Watch(int operation, ref OwnedDescriptor watched, uint mask, ulong data)
    {
        var done = false;
        var failure = Errno.EBADF;
        if (watched.TryEnter())
        {
            if (TryEnter())
            {
                done = EpollEvents.Control(Number, operation, watched.Number, mask, data);
                failure = Errno.Last;
                Leave();
            }
            watched.Leave();
        }
        if (!done) Errno.Fail(failure);
        return done;
    }

    /// <summary>The address a socket is bound to; null if it has none or is closed.</summary>
    public EndPoint? LocalEndPoint()
    {
        if (!TryEnter()) return null;
        var endPoint = SockAddr.Local(Number);
        Leave();
        return endPoint;
    }
}
