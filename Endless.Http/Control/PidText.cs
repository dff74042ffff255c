using System.Globalization;
using System.Text;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Control;

/// <summary>A pid in a file, as digits and a line feed.</summary>
internal static unsafe class PidText
{
    /// <summary>Makes a new file, readable for all and writable for its user whatever the umask allows. Null, and no file, if that fails.</summary>
    internal static SafeFileHandle? Create(string path, int processId, out int errno)
    {
        var file = Libc.OpenFile(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);
        errno = file is null ? Errno.Last : 0;
        if (errno == Errno.EEXIST && Libc.KindOf(path, out _) == FileKind.Regular && Libc.unlink(path) == 0)
        {
            // It was of a process of this pid that was killed while it wrote it.
            file = Libc.OpenFile(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);
            errno = file is null ? Errno.Last : 0;
        }
        if (file is null) return null;
        if (Write(file, processId, out errno)) return file;
        file.Dispose();
        _ = Libc.unlink(path);
        return null;
    }

    /// <summary>Puts a pid into a file in the place of what it held. False, and nothing changed, if that fails.</summary>
    internal static bool Overwrite(SafeFileHandle file, int processId) => Write(file, processId, out _);

    /// <summary>The digits that a file begins with.</summary>
    internal static string Read(SafeFileHandle file)
    {
        const int longest = 20;
        var text = stackalloc byte[longest];
        var digits = new ReadOnlySpan<byte>(text, (int)Math.Max(0, Libc.pread(file, text, longest, 0)));
        var end = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Encoding.ASCII.GetString(end < 0 ? digits : digits[..end]);
    }

    /// <summary>Gives a file this machine's time: a file server's may differ.</summary>
    internal static void Stamp(SafeFileHandle file)
    {
        try
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It keeps the server's time.
        }
    }

    private static bool Write(SafeFileHandle file, int processId, out int errno)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{processId}\n"));
        fixed (byte* bytes = text)
        {
            var written = Libc.pwrite(file, bytes, (nuint)text.Length, 0);
            errno = written == text.Length ? 0 : written < 0 ? Errno.Last : Errno.ENOSPC;
        }
        if (errno == 0 && Libc.ftruncate(file, text.Length) != 0) errno = Errno.Last;
        return errno == 0;
    }
}
