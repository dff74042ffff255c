using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// Reads of a file that do not wait for the disk. Blocked event loop: a read of a part that is not in the page cache holds its thread for 0.1 ms (SSD) to 100 ms (a busy disk), and with it every connection of its loop.
/// </summary>
internal static unsafe class CachedRead
{
    /// <summary>The C library has the call (glibc 2.26, musl 1.2.5).</summary>
    private static readonly bool HasCall = Probe();

    /// <summary>Bytes read; 0 at the end of the file. -1 if the first of them is not in the page cache, or nothing is known of that.</summary>
    public static int TryRead(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        if (!HasCall) return -1;
        fixed (byte* start = buffer)
        {
            var piece = new Libc.Piece { Start = start, Length = (nuint)buffer.Length };
            return (int)Libc.preadv2(file, &piece, 1, offset, Libc.RWF_NOWAIT);
        }
    }

    /// <summary>
    /// The part need not be waited for: its first and its last byte are in the page cache. Also where nothing is known of that (a file system that cannot say): the loops' monitor moves a loop away from a thread that
    /// the disk holds all the same.
    /// </summary>
    public static bool Has(SafeFileHandle file, long offset, int count)
    {
        Span<byte> probe = stackalloc byte[1];
        return !IsMissing(file, probe, offset) && !IsMissing(file, probe, offset + count - 1);
    }

    /// <summary>Has the kernel begin to read a part, without waiting for it.</summary>
    public static void Announce(SafeFileHandle file, long offset, long length) => _ = Libc.posix_fadvise(file, offset, length, Libc.POSIX_FADV_WILLNEED);

    private static bool IsMissing(SafeFileHandle file, Span<byte> probe, long offset) => TryRead(file, probe, offset) < 0 && HasCall && Errno.Last == Errno.EAGAIN;

    private static bool Probe()
    {
        try
        {
            using var none = new SafeFileHandle(-1, ownsHandle: false);
            _ = Libc.preadv2(none, null, 0, 0, 0);
            return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }
}
