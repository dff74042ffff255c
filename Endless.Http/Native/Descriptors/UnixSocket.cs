using System.Text;

namespace Endless.Http.Native;

/// <summary>UNIX sockets (unix(7)): made, bound and connected. Each descriptor is the caller's, and close-on-exec.</summary>
internal static unsafe class UnixSocket
{
    private const int FamilyBytes = 2;

    /// <summary>The longest path there can be, without its NUL: bytes of UTF-8.</summary>
    internal const int MaxPathBytes = SockAddr.MaxPathBytes - 1;

    /// <summary>A path, or the name of an abstract socket with its <c>@</c>, is short enough.</summary>
    internal static bool Fits(string path) => Encoding.UTF8.GetByteCount(path) <= MaxPathBytes;

    /// <summary>A stream that does not block. Negative with errno set if the system has none.</summary>
    internal static int OpenStream() => Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);

    /// <summary>A socket of datagrams. Negative with errno set if the system has none.</summary>
    internal static int OpenDatagram() => Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);

    /// <summary>Two streams that are connected, which block. False with errno set if the system has none.</summary>
    internal static bool TryOpenPair(out int one, out int other)
    {
        var pair = stackalloc int[2];
        var done = Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair) == 0;
        (one, other) = done ? (pair[0], pair[1]) : (-1, -1);
        return done;
    }

    /// <summary><c>struct sockaddr_un</c> of a name as <c>NOTIFY_SOCKET</c> has it: a path or, after an <c>@</c>, an abstract name. It <see cref="Fits"/>.</summary>
    internal static byte[] AddressOf(string name)
    {
        if (name[0] != '@') return PathAddress(name);
        // An abstract name begins with a NUL and ends with the length.
        var address = new byte[FamilyBytes + Encoding.UTF8.GetByteCount(name)];
        BitConverter.TryWriteBytes(address, (ushort)Libc.AF_UNIX);
        Encoding.UTF8.GetBytes(name, address.AsSpan(FamilyBytes));
        address[FamilyBytes] = 0;
        return address;
    }

    /// <summary>Connects a socket to a path that <see cref="Fits"/>. The errno value, 0 for success.</summary>
    internal static int Connect(int socket, string path)
    {
        var address = PathAddress(path);
        fixed (byte* bytes = address)
            return Libc.connect(socket, bytes, (uint)address.Length) == 0 ? 0 : Errno.Last;
    }

    /// <summary>Binds a socket to a path that <see cref="Fits"/>. The errno value, 0 for success.</summary>
    internal static int Bind(int socket, string path)
    {
        var address = PathAddress(path);
        fixed (byte* bytes = address)
            return Libc.bind(socket, bytes, (uint)address.Length) == 0 ? 0 : Errno.Last;
    }

    /// <summary>Binds a socket to an abstract name that the kernel picks: it needs no directory that can be written to. The name with its <c>@</c>; null with errno set on failure.</summary>
    internal static string? BindAnywhere(int socket)
    {
        var address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        *(ushort*)address = Libc.AF_UNIX;
        // Bound with nothing but the family (autobind).
        if (Libc.bind(socket, address, FamilyBytes) != 0 || Libc.getsockname(socket, address, &length) != 0) return null;
        return $"@{Encoding.ASCII.GetString(address + FamilyBytes + 1, (int)length - FamilyBytes - 1)}";
    }

    private static byte[] PathAddress(string path)
    {
        var address = new byte[FamilyBytes + Encoding.UTF8.GetByteCount(path) + 1];
        BitConverter.TryWriteBytes(address, (ushort)Libc.AF_UNIX);
        Encoding.UTF8.GetBytes(path, address.AsSpan(FamilyBytes));
        return address;
    }
}
