using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

// openat(2) and openat2(2), which look a path up below a directory. Every descriptor made here belongs to the caller.
internal static unsafe partial class Libc
{
    internal const int O_PATH = 0x200000;

    /// <summary>As O_NOFOLLOW, ARM and POWER have a number of their own.</summary>
    internal static int O_DIRECTORY => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x4000 : 0x10000;

    /// <summary>A link of /proc, such as /proc/self/fd/3, is not followed: it leads to an open file wherever that is.</summary>
    internal const ulong RESOLVE_NO_MAGICLINKS = 0x02;

    /// <summary>Nothing above the directory, by whatever link or dots.</summary>
    internal const ulong RESOLVE_BENEATH = 0x08;

    /// <summary>The same number on every architecture; the C library has no function for it.</summary>
    private const nint SYS_openat2 = 437;

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint syscall(nint number, SafeFileHandle directory, byte* path, OpenHow* how, nint howSize);

    /// <summary>A descriptor; negative with errno set: ENOSYS before Linux 5.6, EPERM or ENOSYS in a sandbox that does not know the call.</summary>
    internal static int openat2(SafeFileHandle directory, byte* path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (uint)flags, Resolve = resolve };
        return (int)syscall(SYS_openat2, directory, path, &how, sizeof(OpenHow));
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(SafeFileHandle directory, byte* path, int flags, int mode);

    /// <summary>Opens whatever a path leads to for reading, without waiting (a FIFO). Null with errno set if that fails.</summary>
    internal static SafeFileHandle? OpenForReading(string path)
    {
        while (true)
        {
            var fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
            if (fd >= 0) return new SafeFileHandle(fd, ownsHandle: true);
            if (Errno.Last != Errno.EINTR) return null;
        }
    }
}
