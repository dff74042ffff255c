using System.Globalization;
using Endless.Http.Native;

namespace Endless.Http.Control;

/// <summary>What is to be at a path is made beside it first and then takes its place in one step, so that nobody finds it half made.</summary>
/// <param name="target">The path.</param>
/// <param name="processId">This process's, which keeps the drafts of two apart.</param>
internal readonly struct DraftFile(string target, int processId)
{
    /// <summary>Where it is made.</summary>
    public string Path { get; } = string.Create(CultureInfo.InvariantCulture, $"{target}.{processId}");

    /// <summary>Puts it into the place of whatever is there. The errno value, 0 for success.</summary>
    public int Replace() => Libc.rename(Path, target) == 0 ? 0 : Errno.Last;

    /// <summary>Puts it there only if nothing is: EEXIST otherwise. The errno value, 0 for success.</summary>
    public int PlaceIfAbsent()
    {
        if (Libc.link(Path, target) == 0)
        {
            Discard();
            return 0;
        }
        var errno = Errno.Last;
        // A file system without links cannot say whose file came first.
        return errno is Errno.EPERM or Errno.EOPNOTSUPP or Errno.ENOSYS && Libc.KindOf(target, out _) == FileKind.None ? Replace() : errno;
    }

    /// <summary>Removes it.</summary>
    public void Discard() => _ = Libc.unlink(Path);
}
