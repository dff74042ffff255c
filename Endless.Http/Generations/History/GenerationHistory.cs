using Endless.Http.Metrics;
using Endless.Http.Native;

namespace Endless.Http.Generations;

/// <summary>
/// The generations of the service and its restarts, as this generation and, by their own word, those before it saw them. Thread-safe.
/// </summary>
internal sealed class GenerationHistory : IGenerationObserver
{
    /// <summary>So many of each are kept and passed on.</summary>
    private const int Kept = 20;

    private const string GenerationRow = "history.generation";
    private const string RestartRow = "history.restart";
    private const int GenerationValues = 9;
    private const int RestartValues = 6;

    private static readonly KeyValuePair<string, object?> StartPhase = new("phase", "start");
    private static readonly KeyValuePair<string, object?> ProbationPhase = new("phase", "probation");
    private static readonly KeyValuePair<string, object?> DrainPhase = new("phase", "drain");

    private readonly Lock _lock = new();
    private readonly GenerationContext _context;
    private readonly PreviousGeneration _previous;
    private readonly List<RestartRecord> _restarts = [];
    private readonly List<GenerationEnd> _endsSeen = []; // a handful
    private readonly long _started = Now;
    private long _ready;
    private long _left;
    private RestartRecord? _attempt;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal GenerationHistory(GenerationContext context, PreviousGeneration previous) => (_context, _previous) = (context, previous);

    /// <summary>How long restarts take, by phase: until the new generation is ready, its probation, and until the old one is gone.</summary>
    internal DurationMetric Durations { get; } = new("endless.restart.duration", "Duration of restarts, by phase.", DurationBounds.Connections);

    /// <summary>Completes when a step of the generation's life has been made after this was asked for.</summary>
    internal Task NextChange
    {
        get
        {
            lock (_lock)
                return _change.Task;
        }
    }

    /// <summary>The restart that is under way here; null if none is.</summary>
    internal RestartRecord? Attempt
    {
        get
        {
            lock (_lock)
                return _attempt;
        }
    }

    /// <summary>Every generation known of, this one last.</summary>
    internal IReadOnlyList<GenerationRecord> Generations
    {
        get
        {
            var counters = _context.Members.Counters;
            var connections = _context.Members.Connections;
            lock (_lock)
            {
                var own = new GenerationRecord(
                    _context.Info.Number, _context.Host.ProcessId, _started, _ready, _left, 0, connections, counters.HandedOver, counters.Dropped);
                return [.. Before(GenerationRow, GenerationValues).Select(row => WithEnd(ToGeneration(row.Values))).Where(one => one.Number < own.Number).TakeLast(Kept - 1), own];
            }
        }
    }

    /// <summary>Restarts that are over, or on the way to their end in the generation before.</summary>
    internal IReadOnlyList<RestartRecord> Restarts
    {
        get
        {
            lock (_lock)
                return [.. Before(RestartRow, RestartValues).Select(ToRestart).Concat(_restarts).TakeLast(Kept)];
        }
    }

    /// <summary>All of it, for the next generation.</summary>
    internal IEnumerable<SnapshotRow> Rows()
    {
        foreach (var one in Generations)
            yield return new(GenerationRow, "", [one.Number, one.ProcessId, one.Started, one.Ready, one.Left, one.Ended, one.Connections, one.HandedOver, one.Dropped]);
        foreach (var one in Restarts)
            yield return new(RestartRow, one.Failure ?? "", [one.From, one.ProcessId, one.Began, one.Ready, one.TookOver, one.Ended]);
    }

    void IGenerationObserver.Ready() => Change(() => _ready = Now);

    void IGenerationObserver.RestartBegan() => Change(() => _attempt = new(_context.Info.Number, 0, Now, 0, 0, 0, null));

    void IGenerationObserver.SuccessorStarted(int number, int processId) => Change(() => _attempt = _attempt! with { ProcessId = processId });

    void IGenerationObserver.SuccessorReady() => Change(() =>
    {
        _attempt = _attempt! with { Ready = Now };
        Durations.Record(Milliseconds(_attempt.Ready - _attempt.Began), StartPhase);
    });

    void IGenerationObserver.RestartFailed(string reason) => Change(() =>
    {
        Add(_attempt! with { Ended = Now, Failure = reason });
        _attempt = null;
    });

    void IGenerationObserver.SuccessorTookOver(int number, int processId) => Change(() =>
    {
        var restart = _attempt! with { TookOver = _left = Now };
        Durations.Record(Milliseconds(restart.TookOver - restart.Ready), ProbationPhase);
        Add(restart);
        _attempt = null;
    });

    void IGenerationObserver.PredecessorEnded() => Change(() =>
    {
        var number = _context.Info.Number - 1;
        NoteEnd(number);
        GenerationRecord? previous = null;
        foreach (var row in Before(GenerationRow, GenerationValues))
            if (ToGeneration(row.Values) is var one && one.Number == number) previous = one;
        if (previous is { Left: > 0 }) Durations.Record(Milliseconds(Now - previous.Left), DrainPhase);
    });

    void IGenerationObserver.InCharge(bool announced) => Change(static () => { });

    void IGenerationObserver.Stopping() => Change(static () => { });

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _change;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }

    private void Add(RestartRecord restart)
    {
        _restarts.Add(restart);
        if (_restarts.Count > Kept) _restarts.RemoveAt(0);
    }

    private IEnumerable<SnapshotRow> Before(string name, int values)
    {
        foreach (var row in CounterSnapshot.Rows(_previous.Counters))
            if (row.Name == name && row.Values.Length >= values) yield return row;
    }

    /// <summary>Only the next generation tells of a generation's end; where it has ended before, the pid is looked at.</summary>
    private GenerationRecord WithEnd(GenerationRecord one)
    {
        if (one.Ended != 0) return one;
        var end = _endsSeen.Find(end => end.Number == one.Number);
        if (end is null && one.Number < _context.Info.Number - 1 && Libc.kill(one.ProcessId, 0) != 0) end = NoteEnd(one.Number);
        return end is null ? one : one with { Ended = end.At, Connections = 0 };
    }

    private GenerationEnd NoteEnd(int number)
    {
        var end = new GenerationEnd(number, Now);
        _endsSeen.RemoveAll(other => other.Number == number);
        _endsSeen.Add(end);
        return end;
    }

    private sealed record GenerationEnd(int Number, long At);

    private static GenerationRecord ToGeneration(double[] values) => new(
        (int)values[0], (int)values[1], (long)values[2], (long)values[3], (long)values[4], (long)values[5], (int)values[6], (long)values[7], (long)values[8]);

    private static RestartRecord ToRestart(SnapshotRow row) => new(
        (int)row.Values[0], (int)row.Values[1], (long)row.Values[2], (long)row.Values[3], (long)row.Values[4], (long)row.Values[5], row.Text.Length > 0 ? row.Text : null);
}
