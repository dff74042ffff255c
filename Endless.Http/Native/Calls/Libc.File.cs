using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

// statx(2), whose struct is the same on every architecture; getrlimit(2).
internal static unsafe partial class Libc
{
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_TYPE = 1;
    internal const uint STATX_MTIME = 0x40;
    internal const uint STATX_CTIME = 0x80;
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;

    /// <summary>sizeof(struct statx).</summary>
    internal const int StatxSize = 256;
    private const int StatxModeOffset = 28;
    private const int FileTypeMask = 0xF000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(SafeFileHandle file, string empty, int flags, uint mask, byte* result);

    private const int RLIMIT_NPROC = 6;
    private const int RLIMIT_NOFILE = 7;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limits);

    /// <summary>How many descriptors the process may have, RLIMIT_NOFILE's soft limit; the most there can be if it cannot be known.</summary>
    internal static long DescriptorLimit()
    {
        var limits = stackalloc ulong[2];
        return getrlimit(RLIMIT_NOFILE, limits) == 0 ? (long)Math.Min(limits[0], int.MaxValue) : int.MaxValue;
    }

    /// <summary>How many threads the user may have, RLIMIT_NPROC's soft limit; the most there can be if it cannot be known.</summary>
    internal static long ThreadLimit()
    {
        var limits = stackalloc ulong[2];
        return getrlimit(RLIMIT_NPROC, limits) == 0 ? (long)Math.Min(limits[0], int.MaxValue) : int.MaxValue;
    }

    /// <summary>What is written to a pipe in one piece.</summary>
    internal const int PIPE_BUF = 4096;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeFileHandle fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup2(int fd, int newFd);

    /// <inheritdoc cref="FileKind"/>
    /// <param name="path">A link there is not followed.</param>
    /// <param name="errno">Why it cannot be known, when the result is <see cref="FileKind.None"/>: ENOENT if there is nothing.</param>
    internal static FileKind KindOf(string path, out int errno)
    {
        var result = stackalloc byte[StatxSize];
        if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, result) == 0)
        {
            errno = 0;
            return Kind(result);
        }
        errno = Errno.Last;
        return FileKind.None;
    }

    /// <inheritdoc cref="FileKind"/>
    internal static FileKind KindOf(SafeFileHandle file)
    {
        var result = stackalloc byte[StatxSize];
        return statx(file, "", AT_EMPTY_PATH, STATX_TYPE, result) == 0 ? Kind(result) : FileKind.Other;
    }

    /// <inheritdoc cref="FileKind"/>
    internal static FileKind KindOf(int descriptor)
    {
        var result = stackalloc byte[StatxSize];
        return statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE, result) == 0 ? Kind(result) : FileKind.Other;
    }

    /// <summary>The file type that a struct statx has.</summary>
    internal static FileKind Kind(byte* result) => (*(ushort*)(result + StatxModeOffset) & FileTypeMask) switch
    {
        0x1000 => FileKind.Fifo,
        0x2000 or 0x6000 => FileKind.Device,
        0x4000 => FileKind.Directory,
        0x8000 => FileKind.Regular,
        0xA000 => FileKind.SymbolicLink,
        0xC000 => FileKind.Socket,
        _ => FileKind.Other,
    };
}
