namespace Endless.Http.Native;

/// <summary>What came of asking for the exclusive lock of a file.</summary>
internal enum FileLock
{
    /// <summary>Nobody else holds one. After the asking it is this open file's.</summary>
    Free,

    /// <summary>Another holds the exclusive lock.</summary>
    Held,

    /// <summary>Another holds a shared lock, which who may read the file can take.</summary>
    Shared,

    /// <summary>Locks do not work here: the file system has none, or the lock service does not answer.</summary>
    Unsupported,
}
