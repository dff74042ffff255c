using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

// statx(2), whose struct is the same on every architecture; getrlimit(2) and locks of open files on 64-bit machines.
internal static unsafe partial class Libc
{
    private const int AT_FDCWD = -100;
    private const uint STATX_TYPE = 1;
    private const uint STATX_CTIME = 0x80;
    private const uint STATX_INO = 0x100;
    private const uint STATX_SIZE = 0x200;
    private const int StatxSize = 256;
    private const int StatxModeOffset = 28;
    private const int StatxInodeOffset = 32;
    private const int StatxSizeOffset = 40;
    private const int StatxChangedOffset = 96;      // seconds (64 bits), nanoseconds (32 bits)
    private const int StatxDeviceOffset = 136;      // major, minor (32 bits each)
    private const int FileTypeMask = 0xF000;
    private const int FileTypeSocket = 0xC000;
    private const int FileTypePipe = 0x1000;
    private const int FileTypeDevice = 0x2000;
    private const int AT_EMPTY_PATH = 0x1000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    private const int RLIMIT_NOFILE = 7;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limits);

    /// <summary>How many descriptors the process may have, RLIMIT_NOFILE's soft limit; the most there can be if it cannot be known.</summary>
    internal static long DescriptorLimit()
    {
        var limits = stackalloc ulong[2];
        return getrlimit(RLIMIT_NOFILE, limits) == 0 ? (long)Math.Min(limits[0], int.MaxValue) : int.MaxValue;
    }

    private const int F_OFD_SETLK = 37;
    private const short F_WRLCK = 1;

    /// <summary>struct flock of 64-bit machines; a length of 0 means the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle fd, int command, FileLock* argument);

    /// <summary>Locks a file for this open file description, until its last descriptor is closed. False if another holds it.</summary>
    internal static bool TryLockFile(SafeFileHandle file)
    {
        var whole = new FileLock { Type = F_WRLCK };
        return fcntl(file, F_OFD_SETLK, &whole) == 0;
    }

    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    /// <summary>What is written to a pipe in one piece.</summary>
    internal const int PIPE_BUF = 4096;

    internal const int O_NOCTTY = 0x100;
    internal const int O_CLOEXEC = 0x80000;

    /// <summary>The descriptor is the caller's.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeFileHandle fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup2(int fd, int newFd);

    /// <summary>There is a UNIX socket at the path, served or not.</summary>
    internal static bool IsSocket(string path)
    {
        var result = stackalloc byte[StatxSize];
        return statx(AT_FDCWD, path, 0, STATX_TYPE, result) == 0 && (*(ushort*)(result + StatxModeOffset) & FileTypeMask) == FileTypeSocket;
    }

    /// <summary>What a descriptor leads to.</summary>
    internal static FileKind KindOf(int descriptor)
    {
        var result = stackalloc byte[StatxSize];
        if (statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE, result) != 0) return FileKind.Other;
        return (*(ushort*)(result + StatxModeOffset) & FileTypeMask) switch
        {
            FileTypePipe => FileKind.Pipe,
            FileTypeDevice => FileKind.Device,
            FileTypeSocket => FileKind.Socket,
            _ => FileKind.Other,
        };
    }

    /// <inheritdoc cref="FileStamp.Of"/>
    internal static FileStamp Stamp(string path)
    {
        var result = stackalloc byte[StatxSize];
        if (statx(AT_FDCWD, path, 0, STATX_CTIME | STATX_INO | STATX_SIZE, result) != 0) return default;
        return new FileStamp(
            *(ulong*)(result + StatxDeviceOffset),
            *(ulong*)(result + StatxInodeOffset),
            *(ulong*)(result + StatxSizeOffset),
            *(long*)(result + StatxChangedOffset),
            *(uint*)(result + StatxChangedOffset + sizeof(long)));
    }
}
