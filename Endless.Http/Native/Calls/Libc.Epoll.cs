using System.Runtime.InteropServices;

namespace Endless.Http.Native;

// epoll(7) and eventfd(2). Every descriptor made here belongs to the EventLoop that asked for it.
internal static unsafe partial class Libc
{
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;

    internal const uint EPOLLIN = 0x001;
    internal const uint EPOLLOUT = 0x004;
    internal const uint EPOLLERR = 0x008;
    internal const uint EPOLLHUP = 0x010;
    internal const uint EPOLLRDHUP = 0x2000;
    internal const uint EPOLLET = 1u << 31;

    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(int epfd, int op, int fd, byte* epollEvent);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(int epfd, byte* events, int maxEvents, int timeoutMilliseconds);

    /// <summary>The same call for a timeout of 0, which never sleeps: too short to be worth letting the garbage collector in.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    [SuppressGCTransition]
    internal static partial int epoll_poll(int epfd, byte* events, int maxEvents, int zero);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initialValue, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, void* buffer, nuint count);

    /// <summary>A second descriptor of the same open file; belongs to the caller.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup(int fd);

    /// <summary>The kernel's id of the calling thread: the name of its folder in /proc/self/task.</summary>
    [LibraryImport("libc")]
    internal static partial int gettid();
}
