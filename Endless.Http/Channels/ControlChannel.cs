using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Channels;

/// <summary>
/// One end of the UNIX socket pair between an old generation and the new one. Blocking: it carries a handful of messages a restart,
/// so a wait costs a thread and no event loop has to know of it.
/// </summary>
/// <remarks>
/// One thread at a time receives; any may send; <see cref="Dispose"/> from any thread wakes both. The descriptor is a SafeFileHandle's, which counts the calls under way as
/// <see cref="OwnedDescriptor"/> does: it is closed when the last of them has returned.
/// </remarks>
internal sealed unsafe class ControlChannel(SafeFileHandle socket) : IDisposable
{
    private readonly Lock _sending = new();
    private List<int> _received = [];

    /// <summary>This end.</summary>
    internal SafeFileHandle Socket => socket;

    /// <summary>Two connected ends, both close-on-exec: one to keep, one for the child. The caller owns both.</summary>
    /// <exception cref="IOException">The process has no descriptors left.</exception>
    internal static (SafeFileHandle Own, SafeFileHandle Childs) CreatePair()
    {
        if (!UnixSocket.TryOpenPair(out var own, out var childs))
            throw new IOException($"cannot make a control channel: {Errno.Describe(Errno.Last)}", Errno.Last);
        return (new SafeFileHandle(own, ownsHandle: true), new SafeFileHandle(childs, ownsHandle: true));
    }

    /// <summary>Sends a message, and descriptors with it; blocks while the peer has not read what came before. False if the peer is gone.</summary>
    /// <param name="message">The message.</param>
    /// <param name="descriptors">At most <see cref="DescriptorMessage.MaxDescriptors"/>; they stay the caller's.</param>
    internal bool Send(ControlMessage message, ReadOnlySpan<int> descriptors = default)
    {
        var frame = ControlCodec.Encode(message);
        try
        {
            lock (_sending)
                return Send(frame, descriptors);
        }
        catch (ObjectDisposedException)
        {
            return false; // the peer has ended, and somebody else noticed first
        }
    }

    private bool Send(byte[] frame, ReadOnlySpan<int> descriptors)
    {
        var first = 0;
        // With the first bytes of the message: there the receiver looks for them.
        if (descriptors.Length > 0 && (first = (int)DescriptorMessage.Send(socket, frame, descriptors)) < 0) return false;
        fixed (byte* bytes = frame)
        {
            for (var sent = first; sent < frame.Length;)
            {
                var count = Libc.send(socket, bytes + sent, (nuint)(frame.Length - sent), Libc.MSG_NOSIGNAL);
                if (count >= 0) sent += (int)count;
                else if (Errno.Last != Errno.EINTR) return false;
            }
        }
        return true;
    }

    /// <summary>Waits for the next message; null once the peer is gone or <see cref="Dispose"/> was called.</summary>
    /// <exception cref="InvalidDataException">What came is not this protocol. Nothing after it can be understood.</exception>
    internal ControlMessage? Receive()
    {
        var message = Receive(out var descriptors);
        CloseAll(descriptors); // descriptor leak: nobody else closes them
        return message;
    }

    /// <summary>As <see cref="Receive()"/>, with the descriptors that came with the message; they are the caller's, and none without a message.</summary>
    internal ControlMessage? Receive(out List<int> descriptors)
    {
        _received = descriptors = [];
        ControlMessage? message = null;
        try
        {
            var header = new byte[ControlCodec.HeaderBytes];
            if (!Fill(header)) return null;
            var (type, length) = ControlCodec.DecodeHeader(header);
            var payload = new byte[length];
            return message = Fill(payload) ? ControlCodec.Decode(type, payload) : null;
        }
        finally
        {
            if (message is null) CloseAll(descriptors); // of half a message: were they kept, their clients would wait for ever when the peer is gone
        }
    }

    /// <inheritdoc cref="DescriptorMessage.CloseAll"/>
    internal static void CloseAll(List<int> descriptors) => DescriptorMessage.CloseAll(descriptors);

    /// <summary><see cref="Receive()"/> on a thread of its own.</summary>
    internal Task<ControlMessage?> ReceiveAsync() =>
        Task.Factory.StartNew(Receive, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Something can be received, or the peer is gone, within the given time.</summary>
    internal bool WaitToReceive(int timeoutMilliseconds)
    {
        var added = false;
        try
        {
            socket.DangerousAddRef(ref added);
            var descriptor = new Libc.PollDescriptor { Fd = (int)socket.DangerousGetHandle(), Events = Libc.POLLIN };
            return Libc.poll(&descriptor, 1, timeoutMilliseconds) == 1;
        }
        finally
        {
            if (added) socket.DangerousRelease();
        }
    }

    /// <summary>Closes this end. What was sent before still reaches the peer.</summary>
    public void Dispose()
    {
        if (socket.IsClosed) return;
        try
        {
            _ = Libc.shutdown(socket, Libc.SHUT_RDWR); // wakes a thread in Receive, which a mere close would not
        }
        catch (ObjectDisposedException)
        {
            // Another thread was faster.
        }
        socket.Dispose();
    }

    private bool Fill(Span<byte> buffer)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = DescriptorMessage.Receive(socket, buffer, _received);
                if (count <= 0) return false; // the end, or ECONNRESET: the peer left without reading
                buffer = buffer[(int)count..];
            }
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
