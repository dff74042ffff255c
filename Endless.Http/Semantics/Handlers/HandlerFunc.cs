using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A handler that answers before it returns. It may block its thread; the server moves it out of the way of others. Mirrors Go's <c>http.HandlerFunc</c>.</summary>
/// <param name="w">Where the answer goes; it throws once the handler has returned.</param>
/// <param name="r">The request; its header and body throw once the handler has returned.</param>
public delegate void HandlerFunc(ResponseWriter w, Request r);

/// <summary>A handler whose answer is complete when its task is.</summary>
/// <param name="w">Where the answer goes; it throws once the task has completed.</param>
/// <param name="r">The request; its header and body throw once the task has completed.</param>
/// <returns>A task that completes when the answer is written.</returns>
public delegate Task AsyncHandlerFunc(ResponseWriter w, Request r);

/// <summary>Turns functions into handlers. Mirrors Go's <c>http.HandlerFunc(f)</c> conversion.</summary>
public static partial class Handler
{
    /// <summary>A handler that calls <paramref name="handler"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="handler"/> is <c>async void</c>: its response would end at its first await. An <see cref="AsyncHandlerFunc"/> returns a task.</exception>
    public static IHandler From(HandlerFunc handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        AsyncVoid.Refuse(handler, nameof(handler));
        return new SyncHandler(handler);
    }

    /// <summary>A handler that awaits <paramref name="handler"/>.</summary>
    public static IHandler From(AsyncHandlerFunc handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new AsyncHandler(handler);
    }

    private sealed class SyncHandler(HandlerFunc handler) : IHandler
    {
        public Task ServeHttpAsync(ResponseWriter w, Request r)
        {
            handler(w, r);
            return Task.CompletedTask;
        }
    }

    private sealed class AsyncHandler(AsyncHandlerFunc handler) : IHandler
    {
        public Task ServeHttpAsync(ResponseWriter w, Request r) => handler(w, r);
    }
}
