using System.Globalization;
using System.Text;
using Endless.Http.Diagnostics;
using Endless.Http.Generations;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Control;

/// <summary>
/// A file with the pid of the newest generation that is ready. Every change puts a new file into the place of the old by a rename, so that nobody reads
/// half a number; its writer holds a lock on it as long as it lives, so that a second instance finds it held and one that is left over free. Thread-safe.
/// </summary>
/// <remarks>
/// The lock is one of the open file (F_OFD_SETLK in fcntl(2)): unlike flock(2) it does not keep .NET programs from reading the file, and unlike the
/// older POSIX lock it does not fall when any descriptor of the file is closed.
/// </remarks>
internal sealed class PidFile(string path, int processId, bool continues, Func<ILogger> logger) : IGenerationObserver, IDisposable
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _own;

    /// <summary>Puts this process's pid into the file, unless it continues another: then the file keeps that one's until <see cref="Ready"/>.</summary>
    /// <exception cref="IOException">Another instance holds the file. A file that cannot be written is logged, and does not keep the server from serving.</exception>
    internal void Acquire()
    {
        if (continues) return;
        lock (_lock)
        {
            if (_own != null) return;
            using var left = LockLeftOver();
            if (left != null && ReadPid(left) is { Length: > 0 } stale) logger().PidFileStale(path, stale);
            // With the left-over locked until its place is taken, of two instances that start at once only one comes here.
            Write(onlyIfAbsent: left is null);
        }
    }

    public void Ready()
    {
        if (!continues) return;
        lock (_lock)
            Write(onlyIfAbsent: false);
    }

    /// <summary>The generation that failed may have put its own pid there already.</summary>
    public void RestartFailed(string reason)
    {
        lock (_lock)
            if (_own != null && !IsAtPath(_own)) Write(onlyIfAbsent: false);
    }

    /// <summary>Removes the file, unless a next generation has put its own there.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            if (_own != null && IsAtPath(_own)) File.Delete(path);
            _own?.Dispose();
            _own = null;
        }
    }

    public void Dispose() => Ended();

    /// <summary>Who is in a pid file, and whether it still holds the file; null if there is no such file.</summary>
    internal static (string ProcessId, bool IsHeld)? ReadHolder(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return (ReadPid(file), !Libc.TryLockFile(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Write(bool onlyIfAbsent)
    {
        var draft = string.Create(CultureInfo.InvariantCulture, $"{path}.{processId}");
        try
        {
            File.Delete(draft);
            var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{processId}\n"), 0);
            Libc.TryLockFile(file);
            try
            {
                File.Move(draft, path, overwrite: !onlyIfAbsent);
            }
            catch
            {
                file.Dispose();
                File.Delete(draft);
                throw;
            }
            _own?.Dispose();
            _own = file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (onlyIfAbsent && File.Exists(path)) throw new IOException($"Another instance has just made the pid file {path}.", e);
            logger().PidFileFailed(path, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The file at the path, locked; null if there is none.</summary>
    private SafeFileHandle? LockLeftOver()
    {
        while (true)
        {
            var left = OpenLeftOver();
            if (left is null) return null;
            if (!Libc.TryLockFile(left))
            {
                using (left)
                    throw new IOException($"Another instance holds the pid file {path}: process {ReadPid(left)}.");
            }
            if (IsAtPath(left)) return left;
            left.Dispose(); // another instance has put its own into the place between the open and the lock
        }
    }

    private SafeFileHandle? OpenLeftOver()
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // none, or one that this process may not touch: writing will say so
        }
    }

    /// <summary>The path leads to this open file.</summary>
    private bool IsAtPath(SafeFileHandle file) => FileStamp.Of($"/proc/self/fd/{file.DangerousGetHandle()}").IsSameFile(FileStamp.Of(path));

    private static string ReadPid(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[20];
        var digits = text[..RandomAccess.Read(file, text, 0)];
        var end = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Encoding.ASCII.GetString(end < 0 ? digits : digits[..end]);
    }
}
