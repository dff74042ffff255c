namespace Endless.Http;

/// <summary>What a path of a <see cref="FileSource"/> leads to. The default is <see cref="NotFound"/>.</summary>
public readonly struct FileLookup
{
    private FileLookup(FileLookupStatus status, ServedFile? file) => (Status, File) = (status, file);

    /// <summary>Nothing that may be served.</summary>
    public static FileLookup NotFound => default;

    /// <summary>A directory.</summary>
    public static FileLookup Directory => new(FileLookupStatus.Directory, null);

    /// <summary>A file that the process may not read: 403.</summary>
    public static FileLookup Forbidden => new(FileLookupStatus.Forbidden, null);

    /// <summary>It cannot be known now, for want of descriptors or memory: 503.</summary>
    public static FileLookup Unavailable => new(FileLookupStatus.Unavailable, null);

    /// <summary>What it is.</summary>
    public FileLookupStatus Status { get; }

    /// <summary>The file, which the one who asked disposes of; null unless <see cref="Status"/> is <see cref="FileLookupStatus.Found"/>.</summary>
    public ServedFile? File { get; }

    /// <summary>A file.</summary>
    public static FileLookup Found(ServedFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new FileLookup(FileLookupStatus.Found, file);
    }
}
