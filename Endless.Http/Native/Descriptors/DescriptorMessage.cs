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

    /// <summary>sendmsg(2). Bytes sent, with which all the descriptors went; negative with errno set on failure.</summary>
    internal static nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[AncillaryData.RightsBytes];
        fixed (byte* start = bytes)
        {
            var part = new Libc.IoVector { Base = start, Length = (nuint)bytes.Length };
            var message = new Libc.MessageHeader { Vectors = &part, VectorCount = 1, Control = control, ControlLength = AncillaryData.WriteRights(control, descriptors) };
            return Libc.sendmsg(socket, &message, Libc.MSG_NOSIGNAL);
        }
    }

    /// <summary>
    /// recvmsg(2). Bytes received; what descriptors came with them are added to <paramref name="descriptors"/>. A process at its limit of open
    /// files gets fewer than were sent, in order: the kernel drops the rest.
    /// </summary>
    internal static nint Receive(SafeFileHandle socket, Span<byte> buffer, List<int> descriptors)
    {
        var control = stackalloc byte[AncillaryData.RightsBytes];
        fixed (byte* start = buffer)
        {
            var part = new Libc.IoVector { Base = start, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader { Vectors = &part, VectorCount = 1, Control = control, ControlLength = AncillaryData.RightsBytes };
            var received = Libc.recvmsg(socket, &message, Libc.MSG_CMSG_CLOEXEC);
            if (received > 0)
            {
                AncillaryData.Credentials sender = default;
                AncillaryData.Parse(new ReadOnlySpan<byte>(control, (int)message.ControlLength), descriptors, ref sender);
            }
            return received;
        }
    }
}
