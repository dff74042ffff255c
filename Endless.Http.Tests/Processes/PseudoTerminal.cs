using System.Runtime.InteropServices;
using System.Text;
using Endless.Http.Native;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Processes;

/// <summary>A pseudo terminal: this end is what a terminal emulator or sshd holds. Disposing of it closes the terminal.</summary>
internal sealed unsafe partial class PseudoTerminal : IDisposable
{
    private readonly int _master;
    private readonly Thread _reader;
    private volatile bool _closed;

    /// <param name="read">Is given what comes to the screen.</param>
    public PseudoTerminal(Action<byte[]> read)
    {
        _master = posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
        Assert.True(_master >= 0, "no pseudo terminal");
        Assert.Equal(0, unlockpt(_master));
        var name = stackalloc byte[64];
        Assert.Equal(0, ptsname_r(_master, name, 64));
        Path = Marshal.PtrToStringUTF8((nint)name)!;
        _reader = new Thread(() => Read(read)) { IsBackground = true };
        _reader.Start();
    }

    /// <summary>The other end.</summary>
    public string Path { get; }

    /// <summary>Types a text.</summary>
    public void Type(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes) Assert.Equal(bytes.Length, Syscall.write(_master, start, (ulong)bytes.Length));
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _reader.Join(); // a read under way would keep the terminal open
        Syscall.close(_master);
    }

    private void Read(Action<byte[]> read)
    {
        var buffer = new byte[4096];
        var polled = new Pollfd[] { new() { fd = _master, events = PollEvents.POLLIN } };
        while (!_closed)
        {
            if (Syscall.poll(polled, 20) <= 0) continue;
            fixed (byte* start = buffer)
            {
                var count = Syscall.read(_master, start, (ulong)buffer.Length);
                if (count > 0) read(buffer[..(int)count]);
                else Thread.Sleep(20); // nobody has the other end open: somebody may yet
            }
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc")]
    private static partial int unlockpt(int fd);

    [LibraryImport("libc")]
    private static partial int ptsname_r(int fd, byte* name, nuint length);
}
