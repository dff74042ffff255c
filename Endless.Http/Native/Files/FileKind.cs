namespace Endless.Http.Native;

/// <summary>What a path leads to, by its file type.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Something of another type.</summary>
    Other,

    Regular,
    Directory,
    Socket,
    Fifo,
    Device,
    SymbolicLink,
}

/// <summary>What to call it.</summary>
internal static class FileKindNames
{
    internal static string Describe(this FileKind kind) => kind switch
    {
        FileKind.None => "nothing",
        FileKind.Regular => "a file",
        FileKind.Directory => "a directory",
        FileKind.Socket => "a socket",
        FileKind.Fifo => "a FIFO",
        FileKind.Device => "a device",
        FileKind.SymbolicLink => "a symbolic link",
        _ => "something else",
    };

    /// <summary>What to say where something else was to be.</summary>
    internal static string InTheWay(this FileKind kind) => $"there is {kind.Describe()} in its place; remove it, or use another path";
}
