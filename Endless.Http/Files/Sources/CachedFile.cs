using Endless.Http.Native;

namespace Endless.Http.Files;

/// <summary>What a path led to when it was last looked at: a small file with its content, or nothing.</summary>
/// <param name="file">In memory; null for nothing.</param>
/// <param name="facts">The file's.</param>
internal sealed class CachedFile(ServedFile? file, FileFacts facts)
{
    /// <summary>Memory of an entry beside its content: the objects, the path, the strings of its fields.</summary>
    private const int Overhead = 600;

    private long _checkedAt;
    private long _usedAt;

    public ServedFile? File => file;

    public FileFacts Facts => facts;

    public FileLookup Lookup => file is null ? FileLookup.NotFound : FileLookup.Found(file);

    public long Size => Overhead + (file?.Length ?? 0);

    /// <summary>When it was last known to be so: <see cref="Environment.TickCount64"/>, from before the look.</summary>
    public long CheckedAt { get => Volatile.Read(ref _checkedAt); set => Volatile.Write(ref _checkedAt, value); }

    /// <summary>When it was last asked for.</summary>
    public long UsedAt { get => Volatile.Read(ref _usedAt); set => Volatile.Write(ref _usedAt, value); }
}
