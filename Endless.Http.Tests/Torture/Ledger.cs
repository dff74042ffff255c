using System.Collections.Concurrent;

namespace Endless.Http.Tests.Torture;

/// <summary>What is counted, over all stories. Thread-safe.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, long> _faults = [];
    private long _requests;
    private long _excused;
    private long _bytes;
    private long _restarts;
    private long _stories;
    private long _violations;

    public long Requests => Volatile.Read(ref _requests);

    public long Violations => Volatile.Read(ref _violations);

    public void CountAnswer(int bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>A connection broke whose process the story had killed.</summary>
    public void CountExcused() => Interlocked.Increment(ref _excused);

    public void CountRestarts(int count) => Interlocked.Add(ref _restarts, count);

    public void CountStory(int violations)
    {
        Interlocked.Increment(ref _stories);
        Interlocked.Add(ref _violations, violations);
    }

    public void CountFault(string kind) => _faults.AddOrUpdate(kind, 1, (_, count) => count + 1);

    public override string ToString() =>
        $"{_stories:#,0} stories, {_restarts:#,0} new generations, {_requests:#,0} answers with {_bytes:#,0} bytes checked, {_excused:#,0} connections lost with a process that the story had killed, {_violations:#,0} violations\n"
        + $"faults: {string.Join(", ", _faults.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"{fault.Value:#,0} {fault.Key}"))}";
}
