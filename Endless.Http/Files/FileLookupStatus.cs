namespace Endless.Http;

/// <summary>What a path of a <see cref="FileSource"/> leads to.</summary>
public enum FileLookupStatus
{
    /// <summary>Nothing that may be served.</summary>
    NotFound,

    /// <summary>A file.</summary>
    Found,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file that the process may not read.</summary>
    Forbidden,

    /// <summary>It cannot be known now, for want of descriptors or memory.</summary>
    Unavailable,
}
