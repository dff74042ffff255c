using System.Collections;
using System.Collections.Concurrent;
using System.Text;
using Endless.Http.Files;

namespace Endless.Http;

/// <summary>Files in memory: for tests, for what a program makes itself, or over others in an <see cref="OverlayFiles"/>. <c>new MemoryFiles { { "/index.html", "..." } }</c>. Thread-safe; may be changed while it serves.</summary>
/// <remarks>The entity tag is of the content, and there is no Last-Modified.</remarks>
public sealed class MemoryFiles : FileSource, IEnumerable<string>
{
    private readonly ConcurrentDictionary<string, ServedFile> _files = new(StringComparer.Ordinal);
    private readonly DirectoryIndex _directories = new();
    private readonly Lock _changing = new();

    internal override bool IsLocal => true;

    /// <summary>Puts a file at a path, in place of one that is there.</summary>
    /// <param name="path">With a slash at its beginning, without one at its end, empty or dot segments.</param>
    /// <param name="content">Its bytes, which must not be changed afterwards.</param>
    /// <param name="modified">Its Last-Modified; null for none.</param>
    /// <exception cref="ArgumentException">It is no such path.</exception>
    public void Set(string path, ReadOnlyMemory<byte> content, DateTimeOffset? modified = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "/" || !RequestedPath.IsName(path)) throw new ArgumentException($"\"{path}\" is no path of a file: it begins with a slash, ends in none, and has no empty segment, dot segment or NUL.", nameof(path));
        var file = new ServedFile(content, modified, ContentTag.Of(content.Span));
        lock (_changing)
        {
            if (_files.TryAdd(path, file)) _directories.Add(path);
            else _files[path] = file;
        }
    }

    /// <summary>Puts a text at a path, as UTF-8.</summary>
    /// <inheritdoc cref="Set(string, ReadOnlyMemory{byte}, DateTimeOffset?)"/>
    public void Set(string path, string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Set(path, Encoding.UTF8.GetBytes(content));
    }

    /// <summary>The same as <see cref="Set(string, string)"/>, for a collection initializer: <c>new MemoryFiles { { "/a.txt", "a" } }</c>.</summary>
    /// <inheritdoc cref="Set(string, ReadOnlyMemory{byte}, DateTimeOffset?)"/>
    public void Add(string path, string content) => Set(path, content);

    /// <summary>Takes a file away. True if there was one.</summary>
    public bool Remove(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (_changing)
        {
            if (!_files.TryRemove(path, out _)) return false;
            _directories.Remove(path);
            return true;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ValueTask<FileLookup>(_files.TryGetValue(path, out var file) ? FileLookup.Found(file) : _directories.Has(path) ? FileLookup.Directory : FileLookup.NotFound);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ListedFile>? List(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _directories.List(_files.Keys, path);
    }

    /// <summary>The paths.</summary>
    public IEnumerator<string> GetEnumerator() => _files.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
