using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// Sends and receives bytes with descriptors over a UNIX socket (unix(7), SCM_RIGHTS): the only place that does. A descriptor sent stays the sender's; one received is a
/// new one for the same open file, close-on-exec, and the receiver's to close. A call that a signal interrupts is made again.
/// </summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>Descriptors a message can carry: SCM_MAX_FD of the kernel.</summary>
    internal const int MaxDescriptors = AncillaryData.MaxDescriptors;

    /// <summary>sendmsg(2). Bytes sent, with which all the descriptors went; negative with errno set on failure.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>.</param>
    /// <param name="address">Where a datagram goes; empty for the peer that the socket is connected to.</param>
    internal static nint Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors, ReadOnlySpan<byte> address = default)
    {
        var control = stackalloc byte[AncillaryData.RightsBytes];
        fixed (byte* data = bytes)
        fixed (byte* name = address)
        {
            var vector = new Libc.IoVector { Base = data, Length = (nuint)bytes.Length };
            var message = new Libc.MessageHeader { Name = name, NameLength = (uint)address.Length, Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                message.Control = control;
                message.ControlLength = AncillaryData.WriteRights(control, descriptors);
            }
            nint sent;
            do
                sent = Libc.sendmsg(socket, &message, Libc.MSG_NOSIGNAL);
            while (sent < 0 && Errno.Last == Errno.EINTR);
            return sent;
        }
    }

    /// <inheritdoc cref="Send(int, ReadOnlySpan{byte}, ReadOnlySpan{int}, ReadOnlySpan{byte})"/>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    internal static nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            return Send((int)socket.DangerousGetHandle(), bytes, descriptors);
        }
        finally
        {
            if (added) socket.DangerousRelease();
        }
    }

    /// <summary>
    /// recvmsg(2). Bytes received, negative with errno set on failure; what descriptors came with them are added to <paramref name="descriptors"/>. A process at its limit of open
    /// files gets fewer than were sent, in order: the kernel drops the rest.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">For the bytes.</param>
    /// <param name="descriptors">For the descriptors.</param>
    /// <param name="sender">Who sent it, where the socket asks for that (SO_PASSCRED).</param>
    /// <param name="isWhole">Nothing was cut off, neither of the bytes of a datagram nor of the descriptors (MSG_TRUNC, MSG_CTRUNC).</param>
    /// <param name="flags">MSG_DONTWAIT and the like.</param>
    internal static nint Receive(int socket, Span<byte> buffer, List<int> descriptors, out AncillaryData.Credentials sender, out bool isWhole, int flags = 0)
    {
        var control = stackalloc byte[AncillaryData.MostBytes];
        sender = default;
        fixed (byte* data = buffer)
        {
            var vector = new Libc.IoVector { Base = data, Length = (nuint)buffer.Length };
            var message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = AncillaryData.MostBytes };
            nint received;
            do
                received = Libc.recvmsg(socket, &message, flags | Libc.MSG_CMSG_CLOEXEC);
            while (received < 0 && Errno.Last == Errno.EINTR);
            isWhole = received >= 0 && (message.Flags & (Libc.MSG_TRUNC | Libc.MSG_CTRUNC)) == 0;
            if (received >= 0) AncillaryData.Parse(new ReadOnlySpan<byte>(control, (int)message.ControlLength), descriptors, ref sender);
            return received;
        }
    }

    /// <summary>The next bytes of a stream, as <see cref="Receive(int, Span{byte}, List{int}, out AncillaryData.Credentials, out bool, int)"/>.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    internal static nint Receive(SafeFileHandle socket, Span<byte> buffer, List<int> descriptors)
    {
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            return Receive((int)socket.DangerousGetHandle(), buffer, descriptors, out _, out _);
        }
        finally
        {
            if (added) socket.DangerousRelease();
        }
    }

    /// <summary>Receives one datagram. False if there is none, or none in one piece: what was cut off is thrown away, its descriptors closed.</summary>
    internal static bool TryReceive(int socket, Span<byte> buffer, out int length, List<int> descriptors, out AncillaryData.Credentials sender, int flags = 0)
    {
        var received = Receive(socket, buffer, descriptors, out sender, out var isWhole, flags);
        length = isWhole ? (int)received : 0;
        if (received >= 0 && !isWhole) CloseAll(descriptors);
        return isWhole;
    }

    /// <summary>Closes descriptors that came with a message and that nobody else knows yet.</summary>
    internal static void CloseAll(List<int> descriptors)
    {
        foreach (var descriptor in descriptors) _ = Libc.close(descriptor);
        descriptors.Clear();
    }
}
