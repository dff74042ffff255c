using System.Diagnostics.CodeAnalysis;

namespace Endless.Http.Semantics;

/// <summary>What handlers and middleware want to be told of one response. Made with the first of it. Thread-safe.</summary>
internal sealed class ResponseCallbacks
{
    private readonly Stack<Func<Task>> _starting = new();
    private readonly Stack<Func<Task>> _completed = new();

    /// <summary>Somebody is to be told before the head is fixed.</summary>
    public bool HasStarting
    {
        get
        {
            lock (_starting) return _starting.Count > 0;
        }
    }

    public void AddStarting(Func<Task> callback)
    {
        lock (_starting) _starting.Push(callback);
    }

    public void AddCompleted(Func<Task> callback)
    {
        lock (_completed) _completed.Push(callback);
    }

    /// <summary>The next to be told before the head is fixed: once, whatever becomes of the call.</summary>
    public bool TryTakeStarting([NotNullWhen(true)] out Func<Task>? callback)
    {
        lock (_starting) return _starting.TryPop(out callback);
    }

    /// <summary>The next to be told that the response is over.</summary>
    public bool TryTakeCompleted([NotNullWhen(true)] out Func<Task>? callback)
    {
        lock (_completed) return _completed.TryPop(out callback);
    }
}
