using System.ComponentModel;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http;

/// <summary>Lines to the end of a file, whoever else writes there.</summary>
/// <remarks>
/// Two writers: in a restart both generations write to it. .NET appends at an offset that it remembers, over the other's lines; O_APPEND has the kernel find the end, and each write(2) is one piece.
/// Log rotation: the file is renamed under its writer, which is seen by what the path leads to, looked at once a second.
/// </remarks>
internal sealed unsafe class AccessLogFile : IAccessLogSink
{
    private const int OwnerWritesGroupReads = 0x1A0; // 0640: addresses of clients are not for all

    private readonly string _path;
    private SafeFileHandle _file;
    private FileStamp _stamp;
    private long _lookedAt = Environment.TickCount64;
    private bool _isWithinLine; // a line that was begun could not be ended

    public AccessLogFile(string path)
    {
        _path = Path.GetFullPath(path);
        _file = Open() ?? throw new IOException($"The access log {_path} cannot be opened: {new Win32Exception(Errno.Last).Message}. Its directory must be there, and this user must be allowed to write to it.");
        _stamp = FileStamp.Of(_file);
    }

    public bool TryWrite(ReadOnlySpan<byte> lines)
    {
        if (Environment.TickCount64 - _lookedAt >= 1000)
        {
            _lookedAt = Environment.TickCount64;
            if (!_stamp.IsSameFile(FileStamp.Of(_path))) Reopen();
        }
        if (_isWithinLine && !TryWriteAll("\n"u8)) return false;
        _isWithinLine = false;
        return TryWriteAll(lines);
    }

    public void Reopen()
    {
        // Lines to the old file are better than none.
        if (Open() is not { } opened) return;
        _file.Dispose();
        (_file, _stamp, _isWithinLine) = (opened, FileStamp.Of(opened), false);
    }

    public void Dispose() => _file.Dispose();

    private bool TryWriteAll(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = Libc.write(_file, start + written, (nuint)(bytes.Length - written));
                if (count < 0 && Errno.Last == Errno.EINTR) continue;
                if (count <= 0) return false;
                written += (int)count;
                _isWithinLine = bytes[written - 1] != '\n';
            }
        }
        return true;
    }

    private SafeFileHandle? Open()
    {
        while (true)
        {
            var descriptor = Libc.open(_path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC | Libc.O_NOCTTY, OwnerWritesGroupReads);
            if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
            if (Errno.Last != Errno.EINTR) return null;
        }
    }
}
