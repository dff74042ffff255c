using System.Runtime.InteropServices;

namespace Endless.Http.Native;

// socket(2) and its relatives. A listening socket belongs to its ListenSocket, an accepted one to its SocketConnection.
internal static unsafe partial class Libc
{
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;

    internal const int SOCK_STREAM = 1;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;

    internal const int SOL_SOCKET = 1;
    internal const int SO_REUSEADDR = 2;
    internal const int SO_KEEPALIVE = 9;
    internal const int SO_LINGER = 13;
    internal const int SO_REUSEPORT = 15;
    internal const int SO_ACCEPTCONN = 30;
    internal const int SO_TYPE = 3;
    internal const int SO_PROTOCOL = 38;
    internal const int SO_DOMAIN = 39;
    internal const int SO_COOKIE = 57;
    internal const int IPPROTO_TCP = 6;
    internal const int TCP_NODELAY = 1;
    internal const int TCP_KEEPIDLE = 4;
    internal const int TCP_KEEPINTVL = 5;
    internal const int TCP_KEEPCNT = 6;
    internal const int TCP_INFO = 11;
    internal const int TCP_NOTSENT_LOWAT = 25;
    internal const int IPPROTO_IPV6 = 41;
    internal const int IPV6_V6ONLY = 26;

    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_MORE = 0x8000;

    internal const int SHUT_WR = 1;
    internal const int SHUT_RDWR = 2;

    internal const nuint SIOCOUTQ = 0x5411;

    [LibraryImport("libc")]
    internal static partial int ioctl(int fd, nuint request, int* value);

    internal struct Linger
    {
        public int IsOn;
        public int Seconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int option, void* value, uint* length);

    // Twice a request: errno is looked at only after a failure, where the generated code of the others clears, reads and keeps it at each call. What it reads it
    // reads here too, right after the call.

    /// <summary>recv(2), with the result of the system call itself: the negated errno on failure.</summary>
    internal static nint recv(int fd, byte* buffer, nuint length, int flags)
    {
        var received = CallRecv(fd, buffer, length, flags);
        return received >= 0 ? received : -Marshal.GetLastSystemError();
    }

    /// <summary>send(2), with the result of the system call itself: the negated errno on failure.</summary>
    internal static nint send(int fd, byte* buffer, nuint length, int flags)
    {
        var sent = CallSend(fd, buffer, length, flags);
        return sent >= 0 ? sent : -Marshal.GetLastSystemError();
    }

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint CallRecv(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint CallSend(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(int fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);
}
