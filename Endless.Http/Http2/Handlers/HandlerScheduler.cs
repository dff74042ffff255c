using System.IO.Pipelines;

namespace Endless.Http.Http2;

/// <summary>Where a handler goes on that waited for its request's body: <see cref="ReadyQueue"/>.</summary>
internal sealed class HandlerScheduler(StreamCore stream, ConnectionParts parts) : PipeScheduler
{
    /// <summary>Called by the body's pipe, inside the gate when the client's frames move it, outside when a handler does.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        lock (parts.Gate) parts.Ready.Add(action, state, stream.Site);
    }
}
