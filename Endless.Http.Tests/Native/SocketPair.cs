using Endless.Http.Native;

namespace Endless.Http.Tests.Native;

/// <summary>Two connected sockets of this process, by their numbers; non-blocking.</summary>
internal sealed unsafe class SocketPair : IDisposable
{
    public SocketPair()
    {
        var pair = stackalloc int[2];
        Assert.Equal(0, Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0, pair));
        (Near, Far) = (pair[0], pair[1]);
    }

    /// <summary>The end that a test gives away; closed by whoever has it.</summary>
    public int Near { get; }

    /// <summary>The end that shows what happens to the other; closed with this.</summary>
    public int Far { get; }

    /// <summary>Has the near end under a number too, if that is free at this moment.</summary>
    public bool TryTake(int number)
    {
        var copy = Libc.fcntl(Near, Libc.F_DUPFD_CLOEXEC, number);
        if (copy == number) return true;
        if (copy >= 0) _ = Libc.close(copy);
        return false;
    }

    public void SendToNear(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            Assert.Equal(bytes.Length, Libc.send(Far, start, (nuint)bytes.Length, Libc.MSG_NOSIGNAL));
    }

    /// <summary>One recv(2) of the far end: bytes, 0 for the end of the stream, negative errno (EAGAIN for nothing).</summary>
    public int ReceiveFromNear() => Receive(Far);

    /// <summary>One recv(2) of a number.</summary>
    public static int Receive(int number)
    {
        var bytes = stackalloc byte[64];
        return (int)Libc.recv(number, bytes, 64, 0);
    }

    public void Dispose() => _ = Libc.close(Far);
}
