namespace Endless.Http.Sockets;

/// <summary>Who uses the path of a UNIX socket.</summary>
internal enum PathUse
{
    /// <summary>Nothing is there.</summary>
    Free,

    /// <summary>A socket of a process that is gone, or was not looked at more closely.</summary>
    Stale,

    /// <summary>A socket that somebody listens on.</summary>
    Served,

    /// <summary>Something that is no socket.</summary>
    Taken,

    /// <summary>It cannot be known.</summary>
    Unknown,
}
