using System.Diagnostics;

namespace Endless.Http.Load;

/// <summary>Notices when a process answers that was not known before. Thread-safe.</summary>
internal sealed class PidWatch
{
    private readonly Lock _lock = new();
    private IReadOnlySet<int> _known = new HashSet<int>();
    private TaskCompletionSource<(int, long)>? _waiting;

    public Task<(int Pid, long Timestamp)> NextAsync(IReadOnlySet<int> known)
    {
        lock (_lock)
        {
            _known = known;
            _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    public void Saw(int pid)
    {
        if (Volatile.Read(ref _waiting) is null) return;
        lock (_lock)
        {
            if (_waiting is null || _known.Contains(pid)) return;
            _waiting.TrySetResult((pid, Stopwatch.GetTimestamp()));
            _waiting = null;
        }
    }
}
