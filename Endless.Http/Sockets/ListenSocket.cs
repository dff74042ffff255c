using System.Net;
using System.Net.Sockets;
using Endless.Http.Native;

namespace Endless.Http.Sockets;

/// <summary>A listening socket: bound here, or inherited from the previous generation. Owns its descriptor.</summary>
/// <remarks>Descriptor reuse: the server disposes of it when it stops, while a loop, a scrape of the metrics or a restart that hands it over may use it. It is closed after the last of them.</remarks>
internal sealed unsafe class ListenSocket : IDisposable
{
    /// <summary>Connections the kernel queues; it cuts this to net.core.somaxconn, as Go does by reading that.</summary>
    internal const int Backlog = 65_535;

    /// <summary>What a connection may have unsent in the kernel: two of the largest pieces that the kernel hands to a card at once, so that a fast network is never without.</summary>
    public const int DefaultMaxUnsentBytes = 128 * 1024;

    /// <summary>As much of struct tcp_info (linux/tcp.h) as is looked at, and some.</summary>
    private const int TcpInfoBytes = 104;

    private OwnedDescriptor _descriptor;

    private ListenSocket(int fd, ListenAddress address, SocketFile? file)
    {
        _descriptor = new OwnedDescriptor(fd);
        Address = address;
        File = file;
        LocalEndPoint = SockAddr.Local(fd);
        IsWildcard = LocalEndPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any));
    }

    /// <summary>The socket.</summary>
    public ref OwnedDescriptor Descriptor => ref _descriptor;

    /// <summary>The address as it was configured.</summary>
    public ListenAddress Address { get; }

    /// <summary>Where a UNIX socket is found, else null.</summary>
    public SocketFile? File { get; }

    /// <summary>What the socket is bound to.</summary>
    public EndPoint? LocalEndPoint { get; }

    /// <summary>Bound to every address of the machine, so that each connection has its own local address.</summary>
    public bool IsWildcard { get; }

    /// <summary>What the socket is bound to, as text: <c>127.0.0.1:41231</c>, <c>[::]:8080</c>, <c>unix:/path.sock</c>.</summary>
    public string BoundAddress => Address.Path != null ? Address.Text : LocalEndPoint?.ToString() ?? Address.Text;

    /// <summary>Whether <see cref="Close"/> removes a UNIX socket's path, if that still leads to this socket: not when another process goes on serving it.</summary>
    public bool UnlinkOnClose { get; set; } = true;

    /// <summary>
    /// Connections in the queue that nobody has accepted yet; null for a UNIX socket, and once this is closed. For a listening socket <c>tcpi_unacked</c> is that number (tcp_get_info in the
    /// kernel), which is what <c>ss -lt</c> shows as Recv-Q.
    /// </summary>
    public int? QueueLength
    {
        get
        {
            const int unackedOffset = 24;
            var info = stackalloc byte[TcpInfoBytes];
            uint length = TcpInfoBytes;
            if (!_descriptor.TryEnter()) return null;
            var failed = Libc.getsockopt(_descriptor.Number, Libc.IPPROTO_TCP, Libc.TCP_INFO, info, &length) != 0;
            _descriptor.Leave();
            return failed || length < unackedOffset + sizeof(int) ? null : *(int*)(info + unackedOffset);
        }
    }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="IOException">The address cannot be bound; the message names it and says why.</exception>
    /// <param name="address">Where.</param>
    /// <param name="reusePort">Whether others may listen there too.</param>
    /// <param name="keepAlive">For the connections; <see cref="TcpKeepAlive.Default"/> if null.</param>
    /// <param name="maxUnsentBytes">For the connections: <see cref="EndlessServer.MaxUnsentBytes"/>.</param>
    public static ListenSocket Bind(ListenAddress address, bool reusePort = false, TcpKeepAlive? keepAlive = null, int maxUnsentBytes = DefaultMaxUnsentBytes) =>
        BindTo(address, path: null, reusePort, keepAlive ?? TcpKeepAlive.Default, maxUnsentBytes);

    /// <summary>Binds a UNIX socket's address anew where it was bound before, whatever the working directory is now, and listens.</summary>
    /// <exception cref="IOException">It cannot be bound; the message names it and says why.</exception>
    public static ListenSocket BindPath(ListenAddress address, string path) => BindTo(address, path, reusePort: false, TcpKeepAlive.Default, DefaultMaxUnsentBytes);

    private static ListenSocket BindTo(ListenAddress address, string? path, bool reusePort, TcpKeepAlive keepAlive, int maxUnsentBytes)
    {
        if (address.ServiceName is { } name)
            throw new IOException($"Cannot listen on {address}: the service manager passed no socket named \"{name}\" (FileDescriptorName= in its socket unit).");
        EndPoint endPoint;
        try
        {
            endPoint = address.Resolve(path);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Cannot listen on {address}: {exception.Message}: \"{address.Host}\" is no address and no name that is known here. \":{address.Port}\" is every address of this machine.", exception);
        }
        var (domain, fallback) = endPoint switch
        {
            IPEndPoint { AddressFamily: AddressFamily.InterNetwork } => (Libc.AF_INET, false),
            IPEndPoint => (Libc.AF_INET6, IsAnyIPv6(endPoint)),
            _ => (Libc.AF_UNIX, false),
        };
        var fd = Libc.socket(domain, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0 && fallback)
        {
            // A machine without IPv6 still has its IPv4 addresses.
            endPoint = new IPEndPoint(IPAddress.Any, address.Port);
            domain = Libc.AF_INET;
            fd = Libc.socket(domain, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        }
        if (fd < 0) throw Failure(address, Errno.Last);
        try
        {
            if (domain != Libc.AF_UNIX) Prepare(fd, keepAlive, maxUnsentBytes);
            BindAndListen(fd, domain, address, endPoint, reusePort);
            return new ListenSocket(fd, address, domain == Libc.AF_UNIX ? SocketFile.At(SocketFile.Absolute(endPoint.ToString()!)) : null);
        }
        catch
        {
            Libc.close(fd);
            throw;
        }
    }

    /// <summary>Takes over a listening socket that this process inherited.</summary>
    /// <param name="fd">The socket.</param>
    /// <param name="address">The address as it was configured.</param>
    /// <param name="file">Where a UNIX socket is found, by the word of whoever bound it; null if that did not say, and then what is at the path is taken for it.</param>
    /// <param name="keepAlive">For the connections that are accepted from now on; <see cref="TcpKeepAlive.Default"/> if null.</param>
    /// <param name="maxUnsentBytes">For them too: <see cref="EndlessServer.MaxUnsentBytes"/>.</param>
    /// <exception cref="IOException">The descriptor is no listening socket.</exception>
    public static ListenSocket Inherit(int fd, ListenAddress address, SocketFile? file = null, TcpKeepAlive? keepAlive = null, int maxUnsentBytes = DefaultMaxUnsentBytes)
    {
        int listening;
        uint length = sizeof(int);
        if (Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ACCEPTCONN, &listening, &length) != 0 || listening == 0)
            throw new IOException($"Cannot take over {address}: descriptor {fd} is no listening socket.");
        // A service manager's sockets block and have no options, which one of ours keeps for its whole life.
        Libc.fcntl(fd, Libc.F_SETFL, Libc.fcntl(fd, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);
        Prepare(fd, keepAlive ?? TcpKeepAlive.Default, maxUnsentBytes); // a UNIX socket refuses, to no harm
        return new ListenSocket(fd, address, address.Path is { } path ? file ?? SocketFile.At(SocketFile.Absolute(path)) : null);
    }

    /// <summary>A listening socket of the application's, by a descriptor of its own; the application's stays the application's.</summary>
    /// <param name="listener">The socket.</param>
    /// <param name="address">The address that it stands for.</param>
    /// <param name="maxUnsentBytes">For the connections: <see cref="EndlessServer.MaxUnsentBytes"/>.</param>
    /// <exception cref="ArgumentException">It does not listen.</exception>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public static ListenSocket CopyOf(Socket listener, ListenAddress address, int maxUnsentBytes)
    {
        var isHeld = false;
        try
        {
            listener.SafeHandle.DangerousAddRef(ref isHeld);
            var copy = Libc.fcntl((int)listener.SafeHandle.DangerousGetHandle(), Libc.F_DUPFD_CLOEXEC, 0);
            if (copy < 0) throw Failure(address, Errno.Last);
            try
            {
                return Inherit(copy, address, keepAlive: null, maxUnsentBytes: maxUnsentBytes);
            }
            catch (IOException e)
            {
                Libc.close(copy);
                throw new ArgumentException("The socket does not listen: call Listen() on it first.", nameof(listener), e);
            }
        }
        finally
        {
            if (isHeld) listener.SafeHandle.DangerousRelease();
        }
    }

    /// <summary>Sets what every accepted connection inherits, which saves some calls for each.</summary>
    private static void Prepare(int fd, TcpKeepAlive keepAlive, int maxUnsentBytes)
    {
        SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, 1);
        SetOption(fd, Libc.IPPROTO_TCP, Libc.TCP_NOTSENT_LOWAT, maxUnsentBytes);
        keepAlive.ApplyTo(fd);
    }

    private static void BindAndListen(int fd, int domain, ListenAddress address, EndPoint endPoint, bool reusePort)
    {
        if (domain != Libc.AF_UNIX)
        {
            SetOption(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
            if (reusePort) SetOption(fd, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1);
            if (domain == Libc.AF_INET6) SetOption(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, IsAnyIPv6(endPoint) ? 0 : 1);
        }
        else
        {
            RemoveStale(address, endPoint.ToString()!);
        }
        var bytes = stackalloc byte[SockAddr.MaxLength];
        var length = SockAddr.Encode(endPoint, new Span<byte>(bytes, SockAddr.MaxLength));
        if (Libc.bind(fd, bytes, (uint)length) != 0 || Libc.listen(fd, Backlog) != 0) throw Failure(address, Errno.Last);
    }

    /// <summary>Every address, those of IPv4 too, whatever net.ipv6.bindv6only says: as in Go and Kestrel, <c>[::]</c> is <c>:PORT</c> written out.</summary>
    private static bool IsAnyIPv6(EndPoint endPoint) => endPoint is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any);

    /// <summary>Makes room for a path: removes the socket of a process that died without doing so, and nothing else.</summary>
    /// <exception cref="IOException">Something else is there; the message says what.</exception>
    private static void RemoveStale(ListenAddress address, string path)
    {
        var there = PathProbe.Look(path);
        switch (there.Use)
        {
            case PathUse.Free:
                break;
            case PathUse.Stale when new SocketFile(path, there.File).Remove() is var errno:
                if (errno != 0) throw new IOException($"Cannot listen on {address}: {Errno.Describe(errno)}: a socket that another process has left there cannot be removed.");
                break;
            case PathUse.Unknown when there.Kind == FileKind.None:
                throw Failure(address, there.Failure);
            default:
                throw new IOException($"Cannot listen on {address}: {there.Describe()}.");
        }
    }

    private static void SetOption(int fd, int level, int option, int value) => Libc.setsockopt(fd, level, option, &value, sizeof(int));

    private static IOException Failure(ListenAddress address, int errno)
    {
        var hint = errno switch
        {
            Errno.EADDRINUSE => $" Another process listens there: `ss {(address.Path is null ? "-ltnp" : "-lxp")}` shows which.",
            Errno.EADDRNOTAVAIL => $" This machine does not have that address: `ip address` shows which it has, and \":{address.Port}\" is all of them.",
            _ => "",
        };
        return new IOException($"Cannot listen on {address}: {Errno.Describe(errno)}.{hint}");
    }

    /// <inheritdoc cref="Close"/>
    public void Dispose() => _ = Close();

    /// <summary>
    /// Closes this process's descriptor; connections in the queue are reset only if no other process holds the socket. The errno value of the removal of a UNIX socket's path, 0 if it
    /// was removed or is to stay.
    /// </summary>
    public int Close()
    {
        if (!_descriptor.TryShut()) return 0;
        // Inode reuse: before the close, since an open socket keeps its inode.
        var errno = UnlinkOnClose && File != null ? File.Remove() : 0;
        _descriptor.Leave();
        return errno;
    }
}
