using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Endless.Http.Native;

/// <summary>
/// An array of <c>struct epoll_event</c> in native memory. The kernel packs the struct on x86-64 only: 12 bytes there, 16 elsewhere
/// (EPOLL_PACKED in eventpoll.h), so its fields are read by offset.
/// </summary>
internal sealed unsafe class EpollEvents(int capacity) : IDisposable
{
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private byte* _events = (byte*)NativeMemory.Alloc((nuint)capacity, 16);

    /// <summary>Waits for events of <paramref name="epoll"/>; -1 waits for ever, 0 does not wait. Their number; 0 after an interrupting signal.</summary>
    public int Wait(int epoll, int timeoutMilliseconds) => Math.Max(0, timeoutMilliseconds == 0
        ? Libc.epoll_poll(epoll, _events, capacity, 0)
        : Libc.epoll_wait(epoll, _events, capacity, timeoutMilliseconds));

    /// <summary>The event mask of entry <paramref name="index"/>.</summary>
    public uint Mask(int index) => Unsafe.ReadUnaligned<uint>(_events + index * Stride);

    /// <summary>The data that entry <paramref name="index"/> was registered with.</summary>
    public ulong Data(int index) => Unsafe.ReadUnaligned<ulong>(_events + index * Stride + Stride - 8);

    /// <summary>epoll_ctl(2). False with errno set if the kernel refused.</summary>
    public static bool Control(int epoll, int operation, int fd, uint mask, ulong data)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, mask);
        Unsafe.WriteUnaligned(entry + Stride - 8, data);
        return Libc.epoll_ctl(epoll, operation, fd, entry) == 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }
}
