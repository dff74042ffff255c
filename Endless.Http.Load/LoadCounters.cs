using System.Diagnostics;

namespace Endless.Http.Load;

/// <summary>What the clients saw in one stretch of time. Thread-safe.</summary>
public sealed class LoadCounters
{
    private readonly long[] _failures = new long[Enum.GetValues<FailureKind>().Length];
    private readonly Lock _lock = new();
    private readonly List<string> _details = [];
    private long _requests;
    private long _announcedCloses;
    private long _slowest;

    /// <summary>Requests sent, answered or not.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that were not answered rightly, of every kind.</summary>
    public long Failed
    {
        get
        {
            long sum = 0;
            foreach (ref var count in _failures.AsSpan()) sum += Volatile.Read(ref count);
            return sum;
        }
    }

    /// <summary>Keep-alive connections that the server closed as announced, by <c>Connection: close</c> in a response.</summary>
    public long AnnouncedCloses => Volatile.Read(ref _announcedCloses);

    /// <summary>The longest time from the first byte sent to the last byte received (for a fresh connection, from connect), failures included.</summary>
    public TimeSpan Slowest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _slowest));

    /// <summary>The first failures, in words.</summary>
    public IReadOnlyList<string> Details
    {
        get
        {
            lock (_lock) return [.. _details];
        }
    }

    public long FailedBy(FailureKind kind) => Volatile.Read(ref _failures[(int)kind]);

    internal void CountRequest(long ticks)
    {
        Interlocked.Increment(ref _requests);
        long seen;
        while (ticks > (seen = Volatile.Read(ref _slowest)) && Interlocked.CompareExchange(ref _slowest, ticks, seen) != seen)
        {
        }
    }

    internal void CountFailure(LoadFailure failure, string client, long ticks)
    {
        CountRequest(ticks);
        Interlocked.Increment(ref _failures[(int)failure.Kind]);
        lock (_lock)
        {
            if (_details.Count < 10) _details.Add($"{client}: {failure.Kind}: {failure.Message}");
        }
    }

    internal void CountAnnouncedClose() => Interlocked.Increment(ref _announcedCloses);
}
