using System.Runtime.CompilerServices;

namespace Endless.Http.Semantics;

/// <summary>Where a handler goes on after it waited for its client.</summary>
internal static class HandlerThread
{
    /// <summary>
    /// A wait for the client ends on an event loop's thread. Where handlers are to run on the thread pool always (<see cref="SchedulingMode.ThreadPool"/>), this goes back there; elsewhere it
    /// completes at once.
    /// </summary>
    /// <remarks>Not a task of its own that hops: it might be done before it is awaited, and its caller would go on where it is.</remarks>
    public static ConfiguredTaskAwaitable ReturnAsync(SchedulingMode scheduling) =>
        Task.CompletedTask.ConfigureAwait(scheduling == SchedulingMode.ThreadPool && !Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.ForceYielding : ConfigureAwaitOptions.None);
}
