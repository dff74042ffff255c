namespace Endless.Http.Loops;

/// <summary>What is to run on a loop, in the order in which it was posted. Thread-safe.</summary>
/// <remarks>Not a ConcurrentQueue: work is posted now and then and looked for at every turn, and its assembly costs a start-up 0.3 MB.</remarks>
internal sealed class PostedWork
{
    private readonly Lock _lock = new();
    private readonly Queue<IThreadPoolWorkItem> _queue = new();
    private volatile int _count;

    /// <summary>How much there is. May be out of date, but holds what the calling thread has posted.</summary>
    public int Count => _count;

    public void Add(IThreadPoolWorkItem work)
    {
        lock (_lock)
        {
            _queue.Enqueue(work);
            _count = _queue.Count;
        }
    }

    /// <summary>The first of it; null if there is none.</summary>
    public IThreadPoolWorkItem? TryTake()
    {
        if (_count == 0) return null;
        lock (_lock)
        {
            _queue.TryDequeue(out var work);
            _count = _queue.Count;
            return work;
        }
    }
}
