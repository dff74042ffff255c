using System.Text;
using Endless.Http.Native;
using Endless.Http.Systemd;

namespace Endless.Http.Supervision;

/// <summary>The supervisor's end of what its generations tell a service manager (sd_notify(3)): a datagram socket with an abstract name that the kernel chooses.</summary>
/// <remarks>Lives as long as the process: its descriptor is never closed, so that calls on it need no care.</remarks>
internal sealed unsafe class ManagerSocket
{
    /// <exception cref="IOException">The process has no descriptors left.</exception>
    internal ManagerSocket()
    {
        Descriptor = UnixSocket.OpenDatagram();
        int yes = 1;
        var isReady = Descriptor >= 0 && Libc.setsockopt(Descriptor, Libc.SOL_SOCKET, Libc.SO_PASSCRED, &yes, sizeof(int)) == 0;
        Name = (isReady ? UnixSocket.BindAnywhere(Descriptor) : null)
            ?? throw new IOException($"cannot make the supervisor's socket: {Errno.Describe(Errno.Last)}");
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
        if (DescriptorMessage.TryReceive(Descriptor, buffer, out var received, descriptors, out sender, Libc.MSG_DONTWAIT))
            message = new ManagerMessage(Encoding.UTF8.GetString(buffer, 0, received).Split('\n'));
        return true;
    }
}
