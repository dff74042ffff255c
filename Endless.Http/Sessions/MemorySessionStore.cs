using Endless.Http.Sessions;

namespace Endless.Http;

/// <summary>
/// Sessions in memory, bounded in number and bytes: beyond that, and where they have ended, those that were saved longest ago go. Thread-safe.
/// </summary>
public sealed class MemorySessionStore : ISessionStore
{
    /// <summary>What a session takes beside its data: the entry, its place in the list and the table, the id. Counted so that many small ones are bounded too.</summary>
    internal const int Overhead = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredSession>> _sessions = [];
    private readonly LinkedList<StoredSession> _byAge = []; // saved longest ago first
    private readonly int _maxCount;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private long _bytes;

    /// <summary>An empty store.</summary>
    /// <param name="maxCount">Sessions.</param>
    /// <param name="maxBytes">Bytes of all sessions together, 256 for each beside its data; 64 MiB by default.</param>
    public MemorySessionStore(int maxCount = 100_000, long maxBytes = 64 << 20) : this(maxCount, maxBytes, TimeProvider.System) { }

    internal MemorySessionStore(int maxCount, long maxBytes, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        _maxCount = maxCount;
        _maxBytes = maxBytes;
        _time = time;
    }

    /// <summary>Number of sessions.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _sessions.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out var node)) return default;
            if (node.Value.Ends > Now) return new(node.Value.Data);
            Remove(node);
            return default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> SaveAsync(string id, ReadOnlyMemory<byte> data, TimeSpan lifetime, bool isNew, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            var now = Now;
            if (_sessions.TryGetValue(id, out var old))
            {
                if (old.Value.Ends <= now && !isNew) return new(false);
                Remove(old);
            }
            else if (!isNew)
            {
                return new(false);
            }
            Add(new StoredSession(id, data.ToArray(), now + (long)lifetime.TotalSeconds));
            MakeRoom(now);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            if (_sessions.TryGetValue(id, out var node)) Remove(node);
        }
        return default;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    private void Add(StoredSession session)
    {
        _sessions[session.Id] = _byAge.AddLast(session);
        _bytes += session.Data.Length + Overhead;
    }

    private void Remove(LinkedListNode<StoredSession> node)
    {
        _byAge.Remove(node);
        _sessions.Remove(node.Value.Id);
        _bytes -= node.Value.Data.Length + Overhead;
    }

    // In the order of the last save, which is nearly that in which they end: no timer is needed, and each save pays for what it removes.
    private void MakeRoom(long now)
    {
        while (_byAge.First is { } oldest && (oldest.Value.Ends <= now || _sessions.Count > _maxCount || _bytes > _maxBytes)) Remove(oldest);
    }
}
