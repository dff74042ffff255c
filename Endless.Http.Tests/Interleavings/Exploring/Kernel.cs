using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>The system calls of a run's sockets and loops, without a kernel: numbers are given out again as soon as they are free, and a call on a closed one is noted as a failure.</summary>
public sealed unsafe class Kernel
{
    private const int First = 100;
    private const int EBADF = 9;
    private const int Add = 1;
    private const int Delete = 2;

    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? 12 : 16;

    private readonly Dictionary<int, KernelFile> _files = [];
    private readonly List<nint> _memory = [];

    private static Kernel Current => Execution.Current.Kernel;

    public static int epoll_create1(int flags) => Current.Open(new KernelEpoll());

    public static int eventfd(uint initialValue, int flags) => Current.Open(new KernelEvent { Count = initialValue });

    public static int gettid() => 1;

    public static int epoll_ctl(int epfd, int op, int fd, byte* epollEvent)
    {
        if (Current.Find<KernelEpoll>(epfd, "epoll_ctl") is not { } epoll || Current.Find<KernelFile>(fd, "epoll_ctl") is not { } file) return -1;
        if (op == Delete) epoll.Forget(file);
        else epoll.Watch(file, Unsafe.ReadUnaligned<uint>(epollEvent), Unsafe.ReadUnaligned<ulong>(epollEvent + Stride - 8), op == Add);
        return 0;
    }

    public static int epoll_poll(int epfd, byte* events, int maxEvents, int zero) => epoll_wait(epfd, events, maxEvents, 0);

    public static int epoll_wait(int epfd, byte* events, int maxEvents, int timeoutMilliseconds)
    {
        if (Current.Find<KernelEpoll>(epfd, "epoll_wait") is not { } epoll) return -1;
        if (timeoutMilliseconds != 0 && !epoll.HasEvents)
        {
            var run = Execution.Current;
            run.Wait(Actor.Current!, null, () => epoll.HasEvents, timeoutMilliseconds < 0 ? long.MaxValue : run.Now + timeoutMilliseconds);
        }
        var count = 0;
        foreach (var (mask, data) in epoll.Take(maxEvents))
        {
            Unsafe.WriteUnaligned(events + count * Stride, mask);
            Unsafe.WriteUnaligned(events + count++ * Stride + Stride - 8, data);
        }
        return count;
    }

    public static nint read(int fd, void* buffer, nuint count)
    {
        if (Current.Find<KernelEvent>(fd, "read") is not { } file) return -1;
        *(ulong*)buffer = file.Count;
        file.Count = 0;
        return sizeof(ulong);
    }

    public static nint write(int fd, void* buffer, nuint count)
    {
        if (Current.Find<KernelEvent>(fd, "write") is not { } file) return -1;
        file.Count += *(ulong*)buffer;
        file.Changed();
        return sizeof(ulong);
    }

    public static nint recv(int fd, byte* buffer, nuint length, int flags) =>
        Current.Find<KernelSocket>(fd, "recv")?.Receive(new Span<byte>(buffer, (int)length)) ?? -EBADF;

    public static nint send(int fd, byte* buffer, nuint length, int flags) =>
        Current.Find<KernelSocket>(fd, "send")?.Send(new ReadOnlySpan<byte>(buffer, (int)length)) ?? -EBADF;

    public static int shutdown(int fd, int how)
    {
        if (Current.Find<KernelSocket>(fd, "shutdown") is not { } socket) return -1;
        socket.ShutDown(how);
        return 0;
    }

    public static int close(int fd)
    {
        if (fd < 0) return -1;
        var kernel = Current;
        if (kernel.Find<KernelFile>(fd, "close") is not { } file) return -1;
        file.Close();
        kernel._files.Remove(fd);
        return 0;
    }

    /// <summary>NativeMemory.Alloc: given back with the run, whose loops do not come to their end.</summary>
    public static void* Allocate(nuint count, nuint size)
    {
        var memory = NativeMemory.Alloc(count, size);
        Current._memory.Add((nint)memory);
        return memory;
    }

    /// <summary>NativeMemory.Free.</summary>
    public static void Free(void* memory)
    {
        if (Current._memory.Remove((nint)memory)) NativeMemory.Free(memory);
    }

    /// <summary>A socket with a peer that the scenario plays.</summary>
    internal int OpenSocket(out KernelSocket socket) => Open(socket = new KernelSocket());

    /// <summary>The run is over.</summary>
    internal void FreeAll()
    {
        foreach (var memory in _memory) NativeMemory.Free((void*)memory);
        _memory.Clear();
    }

    private int Open(KernelFile file)
    {
        var number = First;
        while (_files.ContainsKey(number)) number++;
        _files[number] = file;
        return number;
    }

    private T? Find<T>(int fd, string call)
        where T : KernelFile
    {
        if (fd < 0) return null;
        if (_files.GetValueOrDefault(fd) is T file) return file;
        Execution.Current.Note($"{Actor.Current!.Name}: {call} on descriptor {fd}, which is closed.");
        return null;
    }
}
