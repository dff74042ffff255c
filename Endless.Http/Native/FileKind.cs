namespace Endless.Http.Native;

/// <summary>What a descriptor leads to, as far as it matters to who writes to it.</summary>
internal enum FileKind
{
    /// <summary>A file, or nothing: writing to it never waits for a reader.</summary>
    Other,

    /// <summary>A pipe.</summary>
    Pipe,

    /// <summary>A character device: a terminal, mostly.</summary>
    Device,

    /// <summary>A socket.</summary>
    Socket,
}
