using System.Collections.Concurrent;

namespace Endless.Http.AspNetCore.LiveApp.Calls;

/// <summary>What became of calls, by the name that their clients gave them. Thread-safe.</summary>
public sealed class CallLog
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _begun = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _cancelled = new();

    /// <summary>Completes when a call has reached the service.</summary>
    public Task BegunAsync(string name) => Source(_begun, name).Task;

    /// <summary>Completes when the service has been told that a call is cancelled.</summary>
    public Task CancelledAsync(string name) => Source(_cancelled, name).Task;

    internal void Begun(string name) => Source(_begun, name).TrySetResult();

    internal void Cancelled(string name) => Source(_cancelled, name).TrySetResult();

    private static TaskCompletionSource Source(ConcurrentDictionary<string, TaskCompletionSource> sources, string name) =>
        sources.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
