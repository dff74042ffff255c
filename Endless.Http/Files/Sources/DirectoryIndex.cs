using System.Collections.Concurrent;

namespace Endless.Http.Files;

/// <summary>The directories of a source that has only files, by the paths of these. Asked by any thread; changed by one at a time.</summary>
internal sealed class DirectoryIndex
{
    private readonly ConcurrentDictionary<string, int> _files = new(StringComparer.Ordinal); // how many lie below

    /// <summary>A path leads to a directory. The root always does.</summary>
    public bool Has(string path) => path == "/" || _files.ContainsKey(path);

    public void Add(string path) => Count(path, 1);

    public void Remove(string path) => Count(path, -1);

    /// <summary>What lies right in a directory; null if it is none.</summary>
    public IReadOnlyList<ListedFile>? List(IEnumerable<string> paths, string directory)
    {
        if (!Has(directory)) return null;
        var start = directory == "/" ? "/" : directory + "/";
        var listed = new HashSet<ListedFile>();
        foreach (var path in paths)
        {
            if (!path.StartsWith(start, StringComparison.Ordinal) || listed.Count == FileSource.MaxListed) continue;
            var rest = path.AsSpan(start.Length);
            var end = rest.IndexOf('/');
            listed.Add(new ListedFile((end < 0 ? rest : rest[..end]).ToString(), end >= 0));
        }
        return [.. listed];
    }

    private void Count(string path, int more)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var directory = path[..slash];
            var count = _files.GetValueOrDefault(directory) + more;
            if (count > 0) _files[directory] = count;
            else _files.TryRemove(directory, out _);
        }
    }
}
