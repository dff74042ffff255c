using System.Globalization;
using Endless.Http.Generations;
using Endless.Http.Logging;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Control;

/// <summary>
/// A file with the pid of the newest generation that is ready. Every change puts a new file into the place of the old by a rename, so that nobody reads
/// half a number; its writer holds a lock on it as long as it lives, so that a second instance finds it held and one that is left over free. Thread-safe.
/// </summary>
/// <remarks>
/// <para>The lock is one of the open file (F_OFD_SETLK in fcntl(2)): unlike flock(2) it does not keep .NET programs from reading the file, and unlike the
/// older POSIX lock it does not fall when any descriptor of the file is closed. Where locks do not work, <see cref="WritingProcess"/> judges.</para>
/// <para>Only another instance keeps a server from starting. Whatever else is wrong with the path is logged, and what is there and is no pid file is left alone.</para>
/// </remarks>
/// <param name="path">Absolute.</param>
/// <param name="processId">This process's.</param>
/// <param name="follows">This process continues another that is there to leave it the file.</param>
/// <param name="logger">Where its generation logs.</param>
/// <param name="takeLock">For tests: takes a file's lock.</param>
internal sealed class PidFile(string path, int processId, bool follows, Func<ILogger> logger, Func<SafeFileHandle, FileLock>? takeLock = null) : IGenerationObserver, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<SafeFileHandle, FileLock> _takeLock = takeLock ?? Libc.LockFile;
    private SafeFileHandle? _own;
    private bool _locked;
    private bool _wanted; // it is ready, and has not ended
    private bool _inCharge = !follows;

    /// <summary>Puts this process's pid into the file, unless it continues another: then the file keeps that one's until <see cref="Ready"/>.</summary>
    /// <exception cref="IOException">Another instance holds the file. A file that cannot be written is logged, and does not keep the server from serving.</exception>
    internal void Acquire()
    {
        if (follows) return;
        lock (_lock)
        {
            if (_own != null) return;
            var left = new PidFileLeftOver(path, processId, _takeLock, logger).Take(out var obstacle);
            // With the left-over locked until its place is taken, of two instances that start at once only one comes here.
            if (obstacle != null) logger().PidFileFailed(path, obstacle);
            else Write(left, onlyIfAbsent: left is null);
            if (left != _own) left?.Dispose();
        }
    }

    public void Ready()
    {
        if (!follows) return;
        lock (_lock)
        {
            _wanted = true;
            Follow();
        }
    }

    public void InCharge(bool announced)
    {
        lock (_lock)
            _inCharge = true;
    }

    /// <summary>The generation that failed may have put its own pid there already.</summary>
    public void RestartFailed(string reason)
    {
        lock (_lock)
            if (_own != null && !IsOwn()) Follow();
    }

    /// <summary>The predecessor has ended: what it stood in the way of is tried again. Not when this one has ended too: the file is the next one's.</summary>
    public void PredecessorEnded()
    {
        lock (_lock)
        {
            if (!_wanted) return;
            if (_own is null) Follow();
            else if (!_locked) _locked = TakeLock(_own);
        }
    }

    /// <summary>Removes the file, unless the file or the pid in it is the next generation's, or the predecessor's, which may serve on.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            // Where the directory is another user's the file stays, and is emptied.
            if (_own != null && (_inCharge || _locked) && IsOwn() && Libc.unlink(path) != 0 && Errno.Last != Errno.ENOENT) _ = Libc.ftruncate(_own, 0);
            _own?.Dispose();
            _own = null;
            _wanted = false;
        }
    }

    public void Dispose() => Ended();

    /// <summary>Takes the place of the generation before this one, which holds the file.</summary>
    private void Follow()
    {
        var kind = Libc.KindOf(path, out _);
        if (kind is FileKind.None or FileKind.Regular)
        {
            var there = Libc.OpenFile(path, Libc.O_RDWR);
            Write(there, onlyIfAbsent: false);
            if (there != _own) there?.Dispose();
        }
        else
        {
            logger().PidFileFailed(path, kind.InTheWay());
        }
    }

    /// <param name="there">The file that is at the path; null if there is none, or it may not be written.</param>
    /// <param name="onlyIfAbsent">There was none; if there is one now, somebody else has made it.</param>
    private void Write(SafeFileHandle? there, bool onlyIfAbsent)
    {
        var draft = new DraftFile(path, processId);
        var file = PidText.Create(draft.Path, processId, out var errno);
        if (file != null)
        {
            var locked = TakeLock(file);
            errno = onlyIfAbsent ? draft.PlaceIfAbsent() : draft.Replace();
            if (errno == 0)
            {
                Own(file, locked);
                return;
            }
            file.Dispose();
            draft.Discard();
            if (onlyIfAbsent && errno == Errno.EEXIST) throw new IOException($"Another instance has just made the pid file {path}.");
        }
        // A full disk has room for a few bytes in the place of others; and the file may be this user's where the directory is not.
        if (there != null && PidText.Overwrite(there, processId))
        {
            Own(there, locked: false); // which lets go of the lock, if this process had it
            _locked = TakeLock(there);
            return;
        }
        logger().PidFileFailed(path, PidFileLeftOver.Reason(errno, $"write in {Path.GetDirectoryName(path)}"));
    }

    private void Own(SafeFileHandle file, bool locked)
    {
        if (_own != file) _own?.Dispose();
        (_own, _locked) = (file, locked);
    }

    private bool TakeLock(SafeFileHandle file)
    {
        var got = _takeLock(file);
        if (got == FileLock.Unsupported) PidText.Stamp(file); // without locks, the time of writing tells whose the pid is
        return got == FileLock.Free;
    }

    /// <summary>The path leads to the file that this process wrote, and its pid is still in it.</summary>
    private bool IsOwn() => PidFileLeftOver.IsAt(path, _own!) && PidText.Read(_own!) == processId.ToString(CultureInfo.InvariantCulture);
}
