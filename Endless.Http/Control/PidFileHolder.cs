using Endless.Http.Native;

namespace Endless.Http.Control;

/// <summary>Who is in a pid file, and whether it still holds the file.</summary>
internal readonly record struct PidFileHolder(string ProcessId, bool IsHeld)
{
    /// <summary>Looks, and takes no lock: a reader's lock would keep an instance from starting. Null if there is no pid file that can be read.</summary>
    /// <param name="path">Whose.</param>
    /// <param name="errno">Why there is none; 0 if what is there is not a file.</param>
    internal static PidFileHolder? Read(string path, out int errno)
    {
        errno = 0;
        if (Libc.KindOf(path, out var absent) is not (FileKind.Regular or FileKind.None)) return null;
        using var file = absent == 0 ? Libc.OpenFile(path, Libc.O_RDONLY) : null;
        if (file is null)
        {
            errno = absent == 0 ? Errno.Last : absent;
            return null;
        }
        var processId = PidText.Read(file);
        return new(processId, Libc.LookForLock(file) switch
        {
            FileLock.Free => false,
            FileLock.Held => true,
            _ => WritingProcess.Lives(processId, file),
        });
    }
}
