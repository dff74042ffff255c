using System.Collections.Concurrent;

namespace Endless.Http.Files;

/// <summary>Small files that were read lately, by path: bounded in bytes and in number, the least recently used go first. Thread-safe.</summary>
/// <param name="maxBytes">Of contents and what is around them.</param>
internal sealed class FileCache(long maxBytes)
{
    private const int MaxEntries = 8192;

    private readonly ConcurrentDictionary<string, CachedFile> _files = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private long _bytes;

    /// <summary>Bytes that it holds now.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public int Count => _files.Count;

    public CachedFile? Find(string path) => _files.GetValueOrDefault(path);

    public void Put(string path, CachedFile file)
    {
        if (file.Size > maxBytes) return;
        lock (_changing)
        {
            Remove(path);
            _files[path] = file;
            _bytes += file.Size;
            if (_bytes > maxBytes || _files.Count > MaxEntries) Trim();
        }
    }

    public void Drop(string path)
    {
        lock (_changing) Remove(path);
    }

    /// <summary>Down to three quarters, so that the sorting is not for every file.</summary>
    private void Trim()
    {
        var all = _files.ToArray();
        Array.Sort(all, (one, other) => one.Value.UsedAt.CompareTo(other.Value.UsedAt));
        foreach (var (path, _) in all)
        {
            if (_bytes <= maxBytes / 4 * 3 && _files.Count <= MaxEntries / 4 * 3) return;
            Remove(path);
        }
    }

    private void Remove(string path)
    {
        if (_files.TryRemove(path, out var removed)) _bytes -= removed.Size;
    }
}
