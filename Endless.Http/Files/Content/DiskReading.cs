using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Files;

/// <summary>
/// Reads a file at a place. A read of what is in memory takes microseconds, and one that waits for the disk milliseconds, during which an event loop would serve nobody (up to 10 ms, when it is taken away from
/// its thread): so the kernel is asked first for what it need not wait for, and a thread of the pool reads the rest.
/// </summary>
internal static unsafe class DiskReading
{
    /// <summary>The number of bytes, 0 at the end.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ValueTask<int> ReadAsync(SafeFileHandle file, Memory<byte> buffer, long offset)
    {
        var read = CachedRead.TryRead(file, buffer.Span, offset);
        return read >= 0 ? new ValueTask<int>(read) : new ValueTask<int>(Task.Run(() => Read(file, buffer.Span, offset)));
    }

    /// <summary>The number of bytes, 0 at the end; waits for the disk.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        while (true)
        {
            nint read;
            fixed (byte* start = buffer)
                read = Libc.pread(file, start, (nuint)buffer.Length, offset);
            if (read >= 0) return (int)read;
            if (Errno.Last != Errno.EINTR) throw new IOException($"A file that is being sent cannot be read: {Errno.Describe(Errno.Last)}.");
        }
    }
}
