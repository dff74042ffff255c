using Endless.Http.Sessions;

namespace Endless.Http;

/// <summary>
/// Sessions in memory, bounded in number and bytes: beyond that, and where they have ended, those that were saved longest ago go. A restart passes them on to the next generation: 768 KiB of them, the last saved first;
/// sessions beyond that are lost with the restart, and their clients begin anew. Thread-safe.
/// </summary>
public sealed class MemorySessionStore : ISessionStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredSession>> _sessions = [];
    private readonly LinkedList<StoredSession> _byAge = []; // saved longest ago first
    private readonly int _maxCount;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly IDisposable? _passing;
    private long _bytes;
    private int _ended;

    /// <summary>A store with the sessions that the generation before has passed on under the same name.</summary>
    /// <param name="maxCount">Sessions.</param>
    /// <param name="maxBytes">Bytes of all sessions together, 256 for each beside its data; 64 MiB by default.</param>
    /// <param name="passOnAs">The name for <see cref="EndlessProcess.PassOn"/>; another for each store of the process. Null passes nothing on.</param>
    /// <exception cref="InvalidOperationException">A store of the process has this name already.</exception>
    public MemorySessionStore(int maxCount = 100_000, long maxBytes = 64 << 20, string? passOnAs = "endless.sessions") : this(maxCount, maxBytes, TimeProvider.System)
    {
        if (passOnAs is null) return;
        _passing = EndlessProcess.PassOn(passOnAs, ToNext, FromPrevious);
        if (EndlessProcess.PassedOn(passOnAs) is { } passed) FromPrevious(passed);
    }

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
            lock (_lock) return _sessions.Count - _ended;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            return Find(id) is { Data.IsEmpty: false } session ? new(session.Data) : default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> SaveAsync(string id, ReadOnlyMemory<byte> data, TimeSpan lifetime, bool isNew, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            if (!isNew && Find(id) is not { Data.IsEmpty: false }) return new(false);
            var now = Now;
            Put(new StoredSession(id, data.ToArray(), now, now + (long)lifetime.TotalMilliseconds));
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
            if (Find(id) is { } session) Put(session with { Data = default, Saved = Now });
        }
        return default;
    }

    /// <summary>Passes nothing on any more, and frees the name. The sessions stay until the store is garbage.</summary>
    public void Dispose() => _passing?.Dispose();

    /// <summary>What the next generation is given.</summary>
    internal ReadOnlyMemory<byte> ToNext()
    {
        var bytes = new byte[PassedSessions.MaxBytes];
        var length = 0;
        lock (_lock)
        {
            var now = Now;
            for (var node = _byAge.Last; node is not null; node = node.Previous)
                if (node.Value.Ends > now && !PassedSessions.TryAdd(node.Value, bytes, ref length)) break;
        }
        return bytes.AsMemory(0, length);
    }

    /// <summary>Takes what the generation before has said, where it is newer than what is here: both write as long as it drains.</summary>
    internal void FromPrevious(ReadOnlyMemory<byte> passed)
    {
        var sessions = new Stack<StoredSession>(); // what was saved last comes first
        var rest = passed.Span;
        while (PassedSessions.TryTake(ref rest, out var session)) sessions.Push(session);
        lock (_lock)
        {
            var now = Now;
            foreach (var session in sessions)
                if (session.Ends > now && !(_sessions.TryGetValue(session.Id, out var node) && node.Value.Saved >= session.Saved)) Put(session);
            MakeRoom(now);
        }
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The session of an id that has not ended by its time.</summary>
    private StoredSession? Find(string id)
    {
        if (!_sessions.TryGetValue(id, out var node)) return null;
        if (node.Value.Ends > Now) return node.Value;
        Remove(node);
        return null;
    }

    private void Put(StoredSession session)
    {
        if (_sessions.TryGetValue(session.Id, out var old)) Remove(old);
        _sessions[session.Id] = _byAge.AddLast(session);
        _bytes += session.Bytes;
        if (session.Data.IsEmpty) _ended++;
    }

    private void Remove(LinkedListNode<StoredSession> node)
    {
        _byAge.Remove(node);
        _sessions.Remove(node.Value.Id);
        _bytes -= node.Value.Bytes;
        if (node.Value.Data.IsEmpty) _ended--;
    }

    // In the order of the last save, which is nearly that in which they end: no timer is needed, and each save pays for what it removes.
    private void MakeRoom(long now)
    {
        while (_byAge.First is { } oldest && (oldest.Value.Ends <= now || _sessions.Count > _maxCount || _bytes > _maxBytes)) Remove(oldest);
    }
}
