namespace Endless.Http;

/// <summary>
/// Where a <see cref="FileServer"/> has its files from: <see cref="PhysicalFiles"/> (a directory), <see cref="EmbeddedFiles"/> (an assembly), <see cref="MemoryFiles"/>, <see cref="OverlayFiles"/> (several,
/// one over the other), or one of your own. Go's <c>http.FileSystem</c>.
/// </summary>
/// <remarks>
/// Paths begin with a slash, which is the source's own root: <c>/css/site.css</c>. They end in none, and have no empty segments, dot segments or NULs; what a <see cref="FileServer"/> asks for also holds no backslash or
/// control character. A source is asked by many threads at once.
/// </remarks>
public abstract class FileSource
{
    /// <summary>Looks a path up and opens the file that it leads to. What goes wrong for everybody (an I/O error) is thrown.</summary>
    /// <param name="path">As the class says; what is not so is <see cref="FileLookup.NotFound"/>.</param>
    /// <param name="cancellationToken">Ends the wait for a source that is elsewhere.</param>
    public abstract ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>What lies right in a directory, in any order, up to <see cref="MaxListed"/>; null, the default, where it is not known or there is no such directory.</summary>
    /// <param name="path">As in <see cref="OpenAsync"/>.</param>
    public virtual IReadOnlyList<ListedFile>? List(string path) => null;

    /// <summary>How many names a listing has at most: more are left out, in no order.</summary>
    public const int MaxListed = 10_000;

    /// <summary>Opens a file that is likely not to be there, beside one that is: a source may remember that.</summary>
    /// <param name="path">Of the one that is there.</param>
    /// <param name="suffix">What the sibling has more in its name.</param>
    /// <param name="cancellationToken">As in <see cref="OpenAsync"/>.</param>
    internal virtual ValueTask<FileLookup> OpenSiblingAsync(string path, string suffix, CancellationToken cancellationToken) => OpenAsync(path + suffix, cancellationToken);

    /// <summary>It waits for nothing that can be given up: nobody needs to watch the client for it.</summary>
    internal virtual bool IsLocal => false;
}
