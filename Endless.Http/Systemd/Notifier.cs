using System.Diagnostics;
using System.Text;
using Endless.Http.Native;

namespace Endless.Http.Systemd;

/// <summary>
/// Says things to the service manager: each message one datagram to the socket that <c>NOTIFY_SOCKET</c> names (sd_notify(3)), a path or,
/// after an <c>@</c>, an abstract name. Owns its descriptor. Thread-safe.
/// </summary>
internal sealed unsafe class Notifier : IDisposable
{
    /// <summary>A manager that does not read what it is told (it may be stopped, or busy starting) must not hold the server up: seconds.</summary>
    private const int SendTimeout = 1;

    private readonly byte[] _address;
    private OwnedDescriptor _socket;

    private Notifier(string name, byte[] address, int socket)
    {
        Name = name;
        _address = address;
        _socket = new OwnedDescriptor(socket);
    }

    /// <summary>The socket as <c>NOTIFY_SOCKET</c> named it.</summary>
    internal string Name { get; }

    /// <summary>A notifier for a value of <c>NOTIFY_SOCKET</c>; null, with the reason, if it names no UNIX socket.</summary>
    internal static Notifier? Open(string name, out string? complaint)
    {
        complaint = null;
        if (name.Length < 2 || (name[0] != '/' && name[0] != '@'))
            complaint = $"NOTIFY_SOCKET is \"{name}\", which is neither a path nor an abstract socket (\"@name\")";
        else if (!UnixSocket.Fits(name))
            complaint = $"NOTIFY_SOCKET is longer than {UnixSocket.MaxPathBytes} bytes, all that a UNIX socket can have";
        if (complaint != null) return null;

        var socket = UnixSocket.OpenDatagram();
        if (socket < 0)
        {
            complaint = $"no socket to speak to NOTIFY_SOCKET with: {Errno.Describe(Errno.Last)}";
            return null;
        }
        var timeout = new Libc.TimeValue { Seconds = SendTimeout };
        Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, &timeout, (uint)sizeof(Libc.TimeValue));
        return new Notifier(name, UnixSocket.AddressOf(name), socket);
    }

    /// <summary>Sends assignments, joined by line feeds, with descriptors that stay the caller's. Null, or why it could not be sent.</summary>
    internal string? Send(string message, ReadOnlySpan<int> descriptors = default)
    {
        if (!_socket.TryEnter()) return Errno.Describe(Errno.EBADF);
        var errno = DescriptorMessage.Send(_socket.Number, Encoding.UTF8.GetBytes(message), descriptors, _address) >= 0 ? 0 : Errno.Last;
        _socket.Leave();
        return errno == 0 ? null : Errno.Describe(errno);
    }

    /// <summary>CLOCK_MONOTONIC in microseconds, which is what .NET's Stopwatch reads on Linux.</summary>
    internal static long MonotonicMicroseconds => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public void Dispose() => _socket.Close();
}
