using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

// sendfile(2), and what is asked of the page cache before it.
internal static unsafe partial class Libc
{
    /// <summary>A read gives what is in the page cache, and does not wait for the disk: EAGAIN if nothing is.</summary>
    internal const int RWF_NOWAIT = 8;

    internal const int POSIX_FADV_WILLNEED = 3;

    internal struct Piece
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>sendfile(2), with the result of the system call itself: the negated errno on failure.</summary>
    /// <remarks>SIGPIPE: it has no MSG_NOSIGNAL. The runtime ignores the signal in every process, native ones too, and the call fails with EPIPE.</remarks>
    internal static nint sendfile(int socket, int file, long* offset, nuint count)
    {
        var sent = CallSendfile(socket, file, offset, count);
        return sent >= 0 ? sent : -Marshal.GetLastSystemError();
    }

    [LibraryImport("libc", EntryPoint = "sendfile")]
    private static partial nint CallSendfile(int socket, int file, long* offset, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint preadv2(SafeFileHandle file, Piece* pieces, int count, long offset, int flags);

    [LibraryImport("libc")]
    internal static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);
}
