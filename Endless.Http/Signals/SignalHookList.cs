namespace Endless.Http;

/// <summary>The hooks of one signal in one phase, in the order they were added. Thread-safe.</summary>
public sealed class SignalHookList
{
    private readonly Lock _lock = new();
    private volatile Func<Task>[] _hooks = [];

    internal SignalHookList() { }

    /// <summary>Adds a hook.</summary>
    public void Add(Action hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        Add(() =>
        {
            hook();
            return Task.CompletedTask;
        });
    }

    /// <summary>Adds an asynchronous hook; its task is waited for.</summary>
    public void Add(Func<Task> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        lock (_lock)
            _hooks = [.. _hooks, hook];
    }

    /// <summary>The hooks as they are now.</summary>
    internal ReadOnlySpan<Func<Task>> Snapshot() => _hooks;
}
