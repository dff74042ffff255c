using System.Text;
using Endless.Http.Native;
using Endless.Http.Systemd;

namespace Endless.Http.Supervision;

/// <summary>The supervisor's end of what its generations tell a service manager (sd_notify(3)): a datagram socket with an abstract name that the kernel chooses.</summary>
/// <remarks>Lives as long as the process: its descriptor is never closed, so that calls on it need no care.</remarks>
internal sealed unsafe class ManagerSocket
{
    private const int FamilyBytes = 2;

    /// <exception cref="IOException">The process has no descriptors left.</exception>
    internal ManagerSocket()
    {
        Descriptor = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        var address = stackalloc byte[SockAddr.MaxLength];
        uint length = SockAddr.MaxLength;
        *(ushort*)address = Libc.AF_UNIX;
        int yes = 1;
        // Bound with nothing but the family: the kernel picks a name that is free (unix(7), autobind). It needs no directory that can be written to.
        if (Descriptor < 0
            || Libc.setsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_PASSCRED, &yes, sizeof(int)) != 0
            || Libc.bind(Descriptor, address, FamilyBytes) != 0
            || Libc.getsockname(Descriptor, address, &length) != 0)
            throw new IOException($"cannot make the supervisor's socket: {Errno.Describe(Errno.Last)}");
        Name = $"@{Encoding.ASCII.GetString(address + FamilyBytes + 1, (int)length - FamilyBytes - 1)}";
    }

    internal int Descriptor { get; }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    internal string Name { get; }

    /// <summary>
    /// The next message that is there already, of any length: a generation of an older build may say more than <see cref="NotifyMessage.MaxBytes"/>. False if there is none;
    /// null for one whose descriptors did not all arrive. Descriptors are the caller's.
    /// </summary>
    internal bool TryReceive(out ManagerMessage? message, List<int> descriptors, out AncillaryData.Credentials sender)
    {
        message = null;
        sender = default;
        byte none;
        var length = Libc.recv(Descriptor, &none, 0, Libc.MSG_PEEK | Libc.MSG_TRUNC | Libc.MSG_DONTWAIT);
        if (length < 0) return false;
        var buffer = new byte[length + 1];
        if (AncillaryData.TryReceive(Descriptor, buffer, out var received, descriptors, out sender, Libc.MSG_DONTWAIT))
            message = new ManagerMessage(Encoding.UTF8.GetString(buffer, 0, received).Split('\n'));
        return true;
    }
}
