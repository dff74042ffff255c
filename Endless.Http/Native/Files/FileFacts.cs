using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Native;

/// <summary>What the kernel says of an open file, by one call. Equal facts mean the same file with the same content: time of change and inode tell a file apart that was given the size and time of another.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ModifiedSeconds">When its content was written last, since 1970.</param>
/// <param name="ModifiedNanoseconds">Of that second.</param>
/// <param name="Stamp">Which file it is, and when anything of it was changed last.</param>
internal readonly unsafe record struct FileFacts(FileKind Kind, long Length, long ModifiedSeconds, uint ModifiedNanoseconds, FileStamp Stamp)
{
    private const int ModifiedOffset = 112; // in struct statx: seconds (64 bits), nanoseconds (32 bits)

    /// <summary>The facts of an open file; the default if it cannot be looked at.</summary>
    public static FileFacts Of(SafeFileHandle file)
    {
        var result = stackalloc byte[Libc.StatxSize];
        if (Libc.statx(file, "", Libc.AT_EMPTY_PATH, FileStamp.Mask | Libc.STATX_TYPE | Libc.STATX_MTIME, result) != 0) return default;
        var stamp = FileStamp.Read(result);
        return new FileFacts(Libc.Kind(result), (long)stamp.Size, *(long*)(result + ModifiedOffset), *(uint*)(result + ModifiedOffset + sizeof(long)), stamp);
    }
}
