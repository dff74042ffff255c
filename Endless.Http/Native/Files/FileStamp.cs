using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>
/// What changes with a file's content or with the file behind a path: equal stamps mean the same, unchanged file. The default is the stamp of no file.
/// </summary>
/// <remarks>Every link on the way is followed, of directories too. Device and inode tell a file put in its place by a rename or a link; size and time of change one written over.</remarks>
internal readonly unsafe record struct FileStamp(ulong Device, ulong Inode, ulong Size, long ChangedSeconds, uint ChangedNanoseconds)
{
    // In struct statx.
    private const int InodeOffset = 32;
    private const int SizeOffset = 40;
    private const int ChangedOffset = 96;       // seconds (64 bits), nanoseconds (32 bits)
    private const int DeviceOffset = 136;       // major, minor (32 bits each)

    /// <summary>What statx(2) is asked for it.</summary>
    internal const uint Mask = Libc.STATX_CTIME | Libc.STATX_INO | Libc.STATX_SIZE;

    /// <summary>Both are of one file, whatever has been written to it between them. No file is not one.</summary>
    public bool IsSameFile(FileStamp other) => this != default && (Device, Inode) == (other.Device, other.Inode);

    /// <summary>The stamp of the file at a path; the default if there is none or it cannot be looked at.</summary>
    public static FileStamp Of(string path) => At(path, 0);

    /// <summary>The stamp of what has the path for its name: of a link and not of what it leads to.</summary>
    public static FileStamp OfEntry(string path) => At(path, Libc.AT_SYMLINK_NOFOLLOW);

    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(SafeFileHandle file)
    {
        var result = stackalloc byte[Libc.StatxSize];
        return Libc.statx(file, "", Libc.AT_EMPTY_PATH, Mask, result) == 0 ? Read(result) : default;
    }

    private static FileStamp At(string path, int flags)
    {
        var result = stackalloc byte[Libc.StatxSize];
        return Libc.statx(Libc.AT_FDCWD, path, flags, Mask, result) == 0 ? Read(result) : default;
    }

    /// <summary>The stamp that a struct statx has.</summary>
    internal static FileStamp Read(byte* result) => new(
        *(ulong*)(result + DeviceOffset),
        *(ulong*)(result + InodeOffset),
        *(ulong*)(result + SizeOffset),
        *(long*)(result + ChangedOffset),
        *(uint*)(result + ChangedOffset + sizeof(long)));
}
