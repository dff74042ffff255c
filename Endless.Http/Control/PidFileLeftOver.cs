using System.Globalization;
using Endless.Http.Logging;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Control;

/// <summary>What a first generation finds in the place of its pid file: nothing, one that is left over, one of another instance, or something else.</summary>
internal sealed class PidFileLeftOver(string path, int processId, Func<SafeFileHandle, FileLock> takeLock, Func<ILogger> logger)
{
    /// <summary>How often what is at the path may turn into something else while it is looked at.</summary>
    private const int MaxLooks = 100;

    /// <summary>The file at the path, which nobody uses; null if there is none.</summary>
    /// <param name="obstacle">Why no pid can be written there; null if nothing is known to be in the way.</param>
    /// <exception cref="IOException">Another instance holds it.</exception>
    internal SafeFileHandle? Take(out string? obstacle)
    {
        for (var looks = 0; looks < MaxLooks; looks++)
        {
            var kind = Libc.KindOf(path, out var errno);
            obstacle = kind switch
            {
                FileKind.None => errno == Errno.ENOENT ? null : Reason(errno, "look at it"),
                FileKind.Regular => null,
                _ => kind.InTheWay(),
            };
            if (kind != FileKind.Regular) return null;
            var left = Libc.OpenFile(path, Libc.O_RDWR);
            if (left is null)
            {
                if (Errno.Last == Errno.ENOENT) continue;
                obstacle = Reason(Errno.Last, "write the file that is there");
                if (PidFileHolder.Read(path, out _) is { IsHeld: true } holder) throw Held(holder.ProcessId);
                return null;
            }
            // Another instance may have put its own into the place between the open and the lock.
            if (Libc.KindOf(left) == FileKind.Regular && IsFree(left) && IsAt(path, left))
            {
                if (PidText.Read(left) is { Length: > 0 } stale) logger().PidFileStale(path, stale);
                return left;
            }
            left.Dispose();
        }
        obstacle = "it is changed all the time";
        return null;
    }

    /// <exception cref="IOException">Another instance holds it.</exception>
    private bool IsFree(SafeFileHandle left)
    {
        var holds = takeLock(left);
        if (holds == FileLock.Free) return true;
        var writer = PidText.Read(left);
        if (holds != FileLock.Held)
        {
            logger().PidFileUnlocked(path, holds == FileLock.Shared ? "another program holds a shared lock on it" : "its file system has no locks");
            if (writer == processId.ToString(CultureInfo.InvariantCulture) || !WritingProcess.Lives(writer, left)) return true;
        }
        var exception = Held(writer);
        left.Dispose();
        throw exception;
    }

    /// <summary>The path leads to this open file.</summary>
    internal static bool IsAt(string path, SafeFileHandle file) => FileStamp.Of(file).IsSameFile(FileStamp.OfEntry(path));

    /// <summary>Why a call failed, and whose fault it is if that is known.</summary>
    internal static string Reason(int errno, string what) =>
        errno is Errno.EACCES or Errno.EPERM ? $"{Errno.Describe(errno)}: this user may not {what}" : Errno.Describe(errno);

    private IOException Held(string holder) => new($"Another instance holds the pid file {path}: process {holder}.");
}
