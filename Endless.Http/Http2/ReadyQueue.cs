using System.IO.Pipelines;

namespace Endless.Http.Http2;

/// <summary>
/// What is to run outside the connection's gate: handlers to start, and handlers to go on with because their body has arrived or their data is sent.
/// As a pipe's scheduler it collects the flows that wait for bodies. Guarded by the gate.
/// </summary>
internal sealed class ReadyQueue(Http2Connection connection) : PipeScheduler
{
    private readonly Queue<(Action<object?> Action, object? State)> _items = new();

    /// <summary>Nothing is to run.</summary>
    public bool IsEmpty => _items.Count == 0;

    /// <summary>Adds something to run; somebody will.</summary>
    public void Add(Action<object?> action, object? state)
    {
        _items.Enqueue((action, state));
        connection.OnReady();
    }

    /// <summary>Takes the next; each goes to one taker.</summary>
    public bool TryTake(out (Action<object?> Action, object? State) item) => _items.TryDequeue(out item);

    /// <summary>Called by a body's pipe, inside the gate when the client's frames move it, outside when a handler does.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        lock (connection.Gate) Add(action, state);
    }
}
