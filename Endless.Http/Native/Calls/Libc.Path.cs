using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

// open(2), link(2), rename(2), unlink(2) and locks of open files (fcntl(2), the struct of 64-bit machines): where .NET's File says that something failed, and hides the errno.
internal static unsafe partial class Libc
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_APPEND = 0x400;
    internal const int O_NOCTTY = 0x100;
    internal const int O_CLOEXEC = 0x80000;

    /// <summary>One of the few that differ: ARM and POWER have a number of their own.</summary>
    internal static int O_NOFOLLOW => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>It holds O_DIRECTORY, whose number is another there too.</summary>
    private static int O_TMPFILE => 0x400000 | (RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x4000 : 0x10000);

    /// <summary>The descriptor is the caller's.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, int mode);

    /// <summary>
    /// Opens a file for its owner to write and all to read, whatever it is, without waiting (a FIFO) and without following a link at the end. Null with errno set if that fails: ELOOP is a link.
    /// </summary>
    internal static SafeFileHandle? OpenFile(string path, int flags)
    {
        const int ownerWritesAllRead = 0x1A4; // 0644, cut by the umask
        while (true)
        {
            var fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC, ownerWritesAllRead);
            if (fd >= 0) return new SafeFileHandle(fd, ownsHandle: true);
            if (Errno.Last != Errno.EINTR) return null;
        }
    }

    /// <summary>Makes a file for its owner alone, to read and write; the descriptor is the caller's. -1 with errno set if that fails.</summary>
    /// <param name="path">A directory on whose file system one without a name is made (EOPNOTSUPP or EISDIR where there are none), or the path of a new file.</param>
    /// <param name="hasName">Which of them.</param>
    internal static int OpenPrivate(string path, bool hasName)
    {
        const int ownerReadsAndWrites = 0x180; // 0600
        while (true)
        {
            var fd = open(path, (hasName ? O_CREAT | O_EXCL : O_TMPFILE) | O_RDWR | O_CLOEXEC, ownerReadsAndWrites);
            if (fd >= 0 || Errno.Last != Errno.EINTR) return fd;
        }
    }

    /// <summary>A second name for a file. EEXIST if there is something of that name.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int link(string path, string newPath);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string path, string newPath);

    /// <summary>Removes a name; a link is not followed.</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeFileHandle file, long length);

    private const int F_OFD_GETLK = 36;
    private const int F_OFD_SETLK = 37;
    private const int F_OFD_SETLKW = 38;
    private const short F_RDLCK = 0;
    private const short F_WRLCK = 1;
    private const short F_UNLCK = 2;

    /// <summary>struct flock; a length of 0 means the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LockRange
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle fd, int command, LockRange* argument);

    /// <summary>Takes the exclusive lock of a file that is open for writing, for this open file description, until its last descriptor is closed.</summary>
    internal static FileLock LockFile(SafeFileHandle file)
    {
        // Race: a process that only looks holds it for less than a moment, and LookForLock then finds it free: another try. Bounded, in case it is on purpose.
        for (var tries = 0; tries < 100; tries++)
        {
            var whole = new LockRange { Type = F_WRLCK };
            if (fcntl(file, F_OFD_SETLK, &whole) == 0) return FileLock.Free;
            if (Errno.Last == Errno.EINTR) continue;
            if (Errno.Last is not (Errno.EAGAIN or Errno.EACCES)) return FileLock.Unsupported;
            if (LookForLock(file) is var found and not FileLock.Free) return found;
        }
        return FileLock.Shared;
    }

    /// <summary>The same, once nobody else holds one. Blocks its thread until then. False where locks do not work.</summary>
    internal static bool WaitForFileLock(SafeFileHandle file)
    {
        while (true)
        {
            var whole = new LockRange { Type = F_WRLCK };
            if (fcntl(file, F_OFD_SETLKW, &whole) == 0) return true;
            if (Errno.Last != Errno.EINTR) return false;
        }
    }

    /// <summary>Who holds a lock on a file, without taking one.</summary>
    internal static FileLock LookForLock(SafeFileHandle file)
    {
        var whole = new LockRange { Type = F_WRLCK };
        if (fcntl(file, F_OFD_GETLK, &whole) != 0) return FileLock.Unsupported;
        return whole.Type switch
        {
            F_UNLCK => FileLock.Free,
            F_RDLCK => FileLock.Shared,
            _ => FileLock.Held,
        };
    }
}
