using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// What changes with a file's content or with the file behind a path: equal stamps mean the same, unchanged file. The default is the stamp of no file.
/// </summary>
/// <remarks>Every link on the way is followed, of directories too. Device and inode tell a file put in its place by a rename or a link; size and time of change one written over.</remarks>
internal readonly record struct FileStamp(ulong Device, ulong Inode, ulong Size, long ChangedSeconds, uint ChangedNanoseconds)
{
    /// <summary>Both are of one file, whatever has been written to it between them. No file is not one.</summary>
    public bool IsSameFile(FileStamp other) => this != default && (Device, Inode) == (other.Device, other.Inode);

    /// <summary>The stamp of the file at a path; the default if there is none or it cannot be looked at.</summary>
    public static FileStamp Of(string path) => Libc.Stamp(path);

    /// <summary>The stamp of what has the path for its name: of a link and not of what it leads to.</summary>
    public static FileStamp OfEntry(string path) => Libc.StampOfEntry(path);

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(SafeFileHandle file) => Libc.Stamp(file);
}
