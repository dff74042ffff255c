using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// Sends and receives bytes with descriptors over a UNIX socket (unix(7), SCM_RIGHTS). A descriptor sent stays the sender's; one received is a
/// new one for the same open file, close-on-exec, and the receiver's to close.
/// </summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>Descriptors a message can carry: SCM_MAX_FD of the kernel.</summary>
    internal const int MaxDescriptors = AncillaryData.MaxDescriptors;

    // struct cmsghdr: a length of 8 bytes, level and type of 4 each. Lengths count the header and are rounded up to 8.
    private const int HeaderBytes = 16;
    private const int ControlBytes = HeaderBytes + (MaxDescriptors * sizeof(int) + 7) / 8 * 8;

    /// <summary>sendmsg(2). Bytes sent, with which all the descriptors went; negative with errno set on failure.</summary>
    internal static nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[ControlBytes];
        var data = descriptors.Length * sizeof(int);
        *(nuint*)control = (nuint)(HeaderBytes + data);
        *(int*)(control + 8) = Libc.SOL_SOCKET;
        *(int*)(control + 12) = Libc.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, descriptors.Length));
        fixed (byte* start = bytes)
        {
            var part = new Libc.IoVector { Base = start, Length = (nuint)bytes.Length };
            var message = new Libc.MessageHeader
            {
                Vectors = &part,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)(HeaderBytes + (data + 7) / 8 * 8),
            };
            return Libc.sendmsg(socket, &message, Libc.MSG_NOSIGNAL);
        }
    }

    /// <summary>
    /// recvmsg(2). Bytes received; what descriptors came with them are added to <paramref name="descriptors"/>. A process at its limit of open
    /// files gets fewer than were sent, in order: the kernel drops the rest.
    /// </summary>
    internal static nint Receive(SafeFileHandle socket, Span<byte> buffer, List<int> descriptors)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* start = buffer)
        {
            var part = new Libc.IoVector { Base = start, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader { Vectors = &part, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            var received = Libc.recvmsg(socket, &message, Libc.MSG_CMSG_CLOEXEC);
            if (received <= 0 || message.ControlLength < HeaderBytes || *(int*)(control + 12) != Libc.SCM_RIGHTS) return received;
            var count = (int)(*(nuint*)control - HeaderBytes) / sizeof(int);
            foreach (var descriptor in new ReadOnlySpan<int>(control + HeaderBytes, count)) descriptors.Add(descriptor);
            return received;
        }
    }
}
