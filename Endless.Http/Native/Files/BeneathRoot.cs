using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// Opens what lies below a directory, and nothing else. Path traversal: neither dots nor a link lead out, and none can be put in the way while a path is looked up (TOCTOU), since the kernel does both in one
/// call, openat2(2) with RESOLVE_BENEATH.
/// </summary>
/// <remarks>
/// <para>Where there is no such call (before Linux 5.6, or in a sandbox that refuses it) the path is walked, a directory at a time, and no link is followed at all.</para>
/// <para>The root is looked up anew each time, a microsecond: a deployment that puts another in its place is seen, and no descriptor is held. Thread-safe.</para>
/// </remarks>
/// <param name="root">The directory. Links on the way there are followed.</param>
/// <param name="followsLinksOutside">Links below it may lead anywhere.</param>
internal sealed unsafe class BeneathRoot(string root, bool followsLinksOutside)
{
    /// <summary>PATH_MAX, with its NUL.</summary>
    private const int MaxPathBytes = 4096;

    /// <summary>Where a rename goes on elsewhere while the kernel follows <c>..</c> of a link, it says EAGAIN: tries.</summary>
    private const int Tries = 16;

    // FIFO: without O_NONBLOCK the open would wait for a writer.
    private const int ReadFlags = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY | Libc.O_CLOEXEC;

    /// <summary>There is no openat2 here.</summary>
    public bool Walks { get; set; }

    /// <summary>The root, to be given to <see cref="Open"/>; the caller's. Null with errno set if it cannot be opened.</summary>
    public SafeFileHandle? OpenRoot() => Owned(Libc.open(root, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));

    /// <summary>Opens a file or a directory for reading, without waiting whatever it is; the caller's. Null with errno set: EXDEV is a link that leads out.</summary>
    /// <param name="directory">Of <see cref="OpenRoot"/>.</param>
    /// <param name="path">From there, without a slash at its beginning, dot segments, empty ones or NULs; empty for the directory itself.</param>
    public SafeFileHandle? Open(SafeFileHandle directory, ReadOnlySpan<char> path)
    {
        if (path.IsEmpty) path = ".";
        Span<byte> bytes = stackalloc byte[MaxPathBytes];
        if (!Encoding.UTF8.TryGetBytes(path, bytes[..^1], out var length)) return Failed(Errno.ENAMETOOLONG);
        bytes[length] = 0;
        bytes = bytes[..(length + 1)];
        fixed (byte* start = bytes)
        {
            if (!Walks)
            {
                var opened = OpenAt(directory, start);
                if (opened is not null || Errno.Last is not (Errno.ENOSYS or Errno.EPERM)) return opened;
                Walks = true;
            }
            return followsLinksOutside ? Owned(Libc.openat(directory, start, ReadFlags, 0)) : Walk(directory, start);
        }
    }

    private SafeFileHandle? OpenAt(SafeFileHandle directory, byte* path)
    {
        var resolve = followsLinksOutside ? Libc.RESOLVE_NO_MAGICLINKS : Libc.RESOLVE_NO_MAGICLINKS | Libc.RESOLVE_BENEATH;
        for (var tries = 1; ; tries++)
        {
            var fd = Libc.openat2(directory, path, ReadFlags, resolve);
            if (fd >= 0 || tries == Tries || Errno.Last is not (Errno.EAGAIN or Errno.EINTR)) return Owned(fd);
        }
    }

    /// <summary>A directory at a time. Each is held while the next is looked up in it, so that it does not matter what its name leads to meanwhile.</summary>
    private static SafeFileHandle? Walk(SafeFileHandle directory, byte* path)
    {
        var held = directory;
        while (true)
        {
            var end = path;
            while (*end is not ((byte)'/' or 0)) end++;
            var isLast = *end == 0;
            *end = 0;
            var next = Owned(Libc.openat(held, path, isLast ? ReadFlags | Libc.O_NOFOLLOW : Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
            if (held != directory)
            {
                var errno = Errno.Last;
                held.Dispose();
                Errno.Fail(errno);
            }
            if (isLast || next is null) return next;
            held = next;
            path = end + 1;
        }
    }

    private static SafeFileHandle? Failed(int errno)
    {
        Errno.Fail(errno);
        return null;
    }

    private static SafeFileHandle? Owned(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
}
