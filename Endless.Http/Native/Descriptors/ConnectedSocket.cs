namespace Endless.Http.Native;

/// <summary>What a descriptor that came from another process has to be before anybody serves it.</summary>
internal static unsafe class ConnectedSocket
{
    /// <summary>Makes a descriptor one that does not block. Null if it is a connected stream of TCP or of a UNIX socket; else what is wrong with it.</summary>
    internal static string? Check(int descriptor)
    {
        // The errno of the first call says it: EBADF, ENOTSOCK.
        if (Option(descriptor, Libc.SO_DOMAIN) is not { } domain) return Errno.Describe(Errno.Last);
        if (domain is not (Libc.AF_INET or Libc.AF_INET6 or Libc.AF_UNIX)) return $"it is a socket of address family {domain}";
        if (Option(descriptor, Libc.SO_TYPE) != Libc.SOCK_STREAM) return "it is no stream";
        if (domain != Libc.AF_UNIX && Option(descriptor, Libc.SO_PROTOCOL) != Libc.IPPROTO_TCP) return "it is a stream of another protocol than TCP";
        if (Option(descriptor, Libc.SO_ACCEPTCONN) != 0) return "it is a listening socket";
        var address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        if (Libc.getpeername(descriptor, address, &length) != 0) return "it is not connected";
        var flags = Libc.fcntl(descriptor, Libc.F_GETFL, 0);
        // One that blocks would stop its loop.
        return (flags & Libc.O_NONBLOCK) != 0 || Libc.fcntl(descriptor, Libc.F_SETFL, flags | Libc.O_NONBLOCK) == 0 ? null : Errno.Describe(Errno.Last);
    }

    /// <summary>A number that this socket alone has, whatever descriptors lead to it; 0 if the kernel gives none.</summary>
    internal static ulong Cookie(int descriptor)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        _ = Libc.getsockopt(descriptor, Libc.SOL_SOCKET, Libc.SO_COOKIE, &cookie, &length);
        return cookie;
    }

    private static int? Option(int descriptor, int option)
    {
        int value;
        uint length = sizeof(int);
        return Libc.getsockopt(descriptor, Libc.SOL_SOCKET, option, &value, &length) == 0 ? value : null;
    }
}
