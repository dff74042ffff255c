namespace Endless.Http;

/// <summary>What is stored, within its bounds, and who is on the way to the handler for what. Any number of threads; nothing waits under its lock.</summary>
internal sealed class CacheStore
{
    // Vary on a field that clients make up would fill the memory with one target's variants.
    private const int MostVariants = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<LinkedListNode<CacheEntry>>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<CacheEntry> _byUse = new(); // the last used first
    private readonly Dictionary<string, CacheFlight> _flights = new(StringComparer.Ordinal);
    private readonly long _maxBytes;
    private long _bytes;

    public CacheStore(CacheOptions options)
    {
        foreach (var name in options.KeyFields) Semantics.FieldGrammar.CheckName(name);
        _maxBytes = options.MaxBytes;
        MaxEntryBytes = (int)Math.Min(options.MaxEntryBytes, options.MaxBytes);
        KeyFields = [.. options.KeyFields];
        Clock = options.Clock;
    }

    /// <summary>Bytes of a body that is stored.</summary>
    public int MaxEntryBytes { get; }

    /// <inheritdoc cref="CacheOptions.KeyFields"/>
    public string[] KeyFields { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Bytes of memory in use.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>What answers a request, fresh or not; null if nothing does.</summary>
    public CacheEntry? Find(string key, Request r)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var variants)) return null;
            foreach (var node in variants)
            {
                if (!node.Value.Fits(r)) continue;
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
            return null;
        }
    }

    /// <summary>Goes to the handler for a target, or is told who has: stampede.</summary>
    /// <param name="key">The target.</param>
    /// <param name="flight">The caller's own, which it owes <see cref="Land"/>; or another's.</param>
    /// <returns>Whether it is the caller's.</returns>
    public bool TryTakeOff(string key, out CacheFlight flight)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(key, out flight!)) return false;
            _flights[key] = flight = new CacheFlight(key);
            return true;
        }
    }

    /// <summary>The handler has answered, or failed.</summary>
    /// <param name="flight">The caller's.</param>
    /// <param name="entry">What is to be stored; null for nothing. Not stored if the target was changed meanwhile.</param>
    public void Land(CacheFlight flight, CacheEntry? entry)
    {
        lock (_lock)
        {
            _flights.Remove(flight.Key);
            if (entry is not null && !flight.IsOutdated) Add(entry);
        }
        flight.OnLanded();
    }

    /// <summary>A target was changed: what is stored of it is no longer true.</summary>
    public void Remove(string key)
    {
        lock (_lock)
        {
            if (_flights.TryGetValue(key, out var flight)) flight.IsOutdated = true;
            if (!_entries.TryGetValue(key, out var variants)) return;
            foreach (var node in variants.ToArray()) Remove(node);
        }
    }

    private void Add(CacheEntry entry)
    {
        var size = entry.Size;
        if (size > _maxBytes) return;
        if (_entries.TryGetValue(entry.Key, out var variants))
        {
            foreach (var node in variants.ToArray())
                if (IsReplaced(node.Value, entry)) Remove(node);
            while (variants.Count >= MostVariants) Remove(variants[0]);
        }
        while (_bytes + size > _maxBytes && _byUse.Last is { } last) Remove(last);
        if (!_entries.TryGetValue(entry.Key, out variants)) _entries[entry.Key] = variants = [];
        variants.Add(_byUse.AddFirst(entry));
        _bytes += size;
    }

    // The same variant; one whose Vary is another's is from before the handler changed its mind.
    private static bool IsReplaced(CacheEntry old, CacheEntry entry)
    {
        if (old.Varies.Length != entry.Varies.Length) return true;
        for (var i = 0; i < old.Varies.Length; i++)
            if (old.Varies[i].Key != entry.Varies[i].Key) return true;
        return old.Varies.AsSpan().SequenceEqual(entry.Varies);
    }

    private void Remove(LinkedListNode<CacheEntry> node)
    {
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
        var variants = _entries[node.Value.Key];
        variants.Remove(node);
        if (variants.Count == 0) _entries.Remove(node.Value.Key);
    }
}
