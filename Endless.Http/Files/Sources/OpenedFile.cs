using Endless.Http.Native;

namespace Endless.Http.Files;

/// <summary>What it means for a request that a path can or cannot be opened.</summary>
internal static class OpenedFile
{
    /// <summary>Opens a path of the program's own. Links are followed.</summary>
    public static FileLookup Open(string path)
    {
        if (path.Contains('\0')) return FileLookup.NotFound; // the kernel would see its end there
        var file = Libc.OpenForReading(path);
        if (file is null) return Refused(Errno.Last);
        var facts = FileFacts.Of(file);
        if (facts.Kind == FileKind.Regular) return FileLookup.Found(new ServedFile(file, facts));
        file.Dispose();
        return facts.Kind == FileKind.Directory ? FileLookup.NotFound : OfKind(facts.Kind);
    }

    /// <summary>The lookup for an errno value.</summary>
    /// <exception cref="IOException">The disk or the file system failed.</exception>
    public static FileLookup Refused(int errno) => errno switch
    {
        // A link that leads out, or in a circle; a socket; a name that no file can have.
        Errno.ENOENT or Errno.ENOTDIR or Errno.EXDEV or Errno.ELOOP or Errno.ENXIO or Errno.ENAMETOOLONG or Errno.EISDIR => FileLookup.NotFound,
        Errno.EACCES or Errno.EPERM => FileLookup.Forbidden,
        Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.EAGAIN => FileLookup.Unavailable,
        _ => throw new IOException($"A file cannot be opened: {Errno.Describe(errno)}."),
    };

    /// <summary>The lookup for a kind that is no regular file: devices, pipes and sockets are not served.</summary>
    public static FileLookup OfKind(FileKind kind) => kind switch
    {
        FileKind.Directory => FileLookup.Directory,
        FileKind.None => FileLookup.Unavailable,
        _ => FileLookup.NotFound,
    };
}
