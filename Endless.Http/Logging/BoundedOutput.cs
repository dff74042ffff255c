using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Logging;

/// <summary>
/// Writes to a descriptor that this process shares with others, and never waits for its reader for longer than a moment: a full pipe or a terminal stopped by Ctrl+S would
/// else hold up whoever logs, the handling of SIGTERM among them.
/// </summary>
/// <remarks>
/// A writable poll(2) says nothing about the write after it, since another process may fill the pipe between the two; and O_NONBLOCK on the descriptor itself would be set for every process
/// that shares it. So a pipe or a terminal is opened once more, non-blocking, at the first write: that is an open file of this process's own. Should the descriptor lead
/// elsewhere later, the file is not used any more. Thread-safe.
/// </remarks>
internal sealed unsafe class BoundedOutput(int descriptor)
{
    /// <summary>How long a writer waits for room, in milliseconds; not at all once something was lost, until there is room again.</summary>
    private const int Patience = 1_000;

    private readonly string _path = $"/proc/self/fd/{descriptor}";
    private readonly Lock _lock = new();
    private SafeFileHandle? _own; // closed by its finalizer, and never while it is in use
    private FileStamp _stamp;
    private bool _isOpened;
    private int _lost;
    private volatile bool _isStuck;

    /// <summary>Counts what was not written.</summary>
    internal void Lose(int count) => Interlocked.Add(ref _lost, count);

    /// <summary>How much has been counted since the last call.</summary>
    internal int TakeLost() => Volatile.Read(ref _lost) == 0 ? 0 : Interlocked.Exchange(ref _lost, 0);

    /// <summary>Writes it all. False if there is no room for it; what cannot be written for another reason is nothing to count.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        var deadline = Environment.TickCount64 + (_isStuck ? 0 : Patience);
        var kind = Libc.KindOf(descriptor);
        var own = kind is FileKind.Fifo or FileKind.Device ? Own() : null;
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = Write(kind, own, start + written, bytes.Length - written, out var error);
                if (count > 0)
                    written += (int)count;
                else if (error == Errno.EAGAIN && !WaitForRoom(deadline))
                    return !(_isStuck = true);
                else if (error is not (Errno.EAGAIN or Errno.EINTR))
                    return true; // a full disk, a terminal or a reader that is gone
            }
        }
        _isStuck = false;
        return true;
    }

    /// <summary>What the descriptor leads to, opened by this process; null if it cannot be, or leads elsewhere by now.</summary>
    private SafeFileHandle? Own()
    {
        lock (_lock)
        {
            if (!_isOpened)
            {
                _isOpened = true;
                _stamp = FileStamp.Of(_path);
                var opened = Libc.open(_path, Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY, 0);
                if (opened >= 0) _own = new SafeFileHandle(opened, ownsHandle: true);
            }
            return _own != null && _stamp.IsSameFile(FileStamp.Of(_path)) ? _own : null;
        }
    }

    private nint Write(FileKind kind, SafeFileHandle? own, byte* bytes, int length, out int error)
    {
        var count = kind switch
        {
            FileKind.Socket => Libc.send(descriptor, bytes, (nuint)length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL),
            _ when own != null => ErrorOf(Libc.write(own, bytes, (nuint)length)),
            // Another user's, or the process was out of descriptors: a page at a time is what a pipe that is writable has room for, unless another process is faster.
            FileKind.Fifo or FileKind.Device => HasRoom(0) ? ErrorOf(Libc.write(descriptor, bytes, (nuint)Math.Min(length, Libc.PIPE_BUF))) : -Errno.EAGAIN,
            _ => ErrorOf(Libc.write(descriptor, bytes, (nuint)length)),
        };
        error = count < 0 ? (int)-count : 0;
        return count;
    }

    private static nint ErrorOf(nint result) => result < 0 ? -Errno.Last : result;

    private bool WaitForRoom(long deadline) => Environment.TickCount64 is var now && now < deadline && HasRoom((int)(deadline - now));

    private bool HasRoom(int milliseconds)
    {
        var room = new Libc.PollDescriptor { Fd = descriptor, Events = Libc.POLLOUT };
        return Libc.poll(&room, 1, milliseconds) != 0; // with a failure the write says what is wrong
    }
}
