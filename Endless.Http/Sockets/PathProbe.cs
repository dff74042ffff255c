using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>A look at a path where a UNIX socket is to be bound: what is there, and whether it is in use.</summary>
internal readonly record struct PathProbe(PathUse Use, FileKind Kind, FileStamp File, int Failure)
{
    /// <summary>Looks at a path, and never waits: a peer that is stopped has a queue that is full for ever. A link there is not followed.</summary>
    /// <param name="path">Where.</param>
    /// <param name="connect">Whether to find out who listens: a connection for whoever does.</param>
    public static PathProbe Look(string path, bool connect = true)
    {
        var kind = Libc.KindOf(path, out var errno);
        if (kind == FileKind.None) return new(errno == Errno.ENOENT ? PathUse.Free : PathUse.Unknown, kind, default, errno);
        var file = FileStamp.OfEntry(path);
        if (kind != FileKind.Socket) return new(PathUse.Taken, kind, file, 0);
        if (!connect) return new(PathUse.Stale, kind, file, 0);
        errno = Connect(path);
        var use = errno switch
        {
            // EAGAIN: the queue of whoever listens is full. EPROTOTYPE: a socket of datagrams.
            0 or Errno.EAGAIN or Errno.EPROTOTYPE => PathUse.Served,
            Errno.ECONNREFUSED => PathUse.Stale,
            Errno.ENOENT => PathUse.Free,
            _ => PathUse.Unknown,
        };
        return new(use, kind, file, errno);
    }

    /// <summary>What is in the way, and what to do, in words that follow a colon.</summary>
    public string Describe() => Use switch
    {
        PathUse.Served when Failure == Errno.EPROTOTYPE => "a socket of another type is there, and its program runs; `ss -xp` shows which",
        PathUse.Served => "another process listens there; `ss -lxp` shows which",
        PathUse.Taken => Kind.InTheWay(),
        PathUse.Unknown when Failure is Errno.EACCES or Errno.EPERM => $"{Errno.Describe(Failure)}: what is there is another user's",
        _ => Errno.Describe(Failure),
    };

    private static int Connect(string path)
    {
        if (!UnixSocket.Fits(path)) return Errno.ENAMETOOLONG;
        var fd = UnixSocket.OpenStream();
        if (fd < 0) return Errno.Last;
        var errno = UnixSocket.Connect(fd, path);
        _ = Libc.close(fd);
        return errno;
    }
}
