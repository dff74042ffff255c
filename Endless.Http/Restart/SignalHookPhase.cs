using Mono.Unix.Native;

namespace Endless.Http;

/// <summary>The hooks of one phase, signal by signal. Thread-safe.</summary>
public sealed class SignalHookPhase
{
    private readonly Dictionary<Signum, SignalHookList> _lists = SignalHooks.HandledSignals.ToDictionary(signal => signal, _ => new SignalHookList());

    internal SignalHookPhase() { }

    /// <summary>The hooks of one signal.</summary>
    /// <exception cref="ArgumentException">A signal that no server handles.</exception>
    public SignalHookList this[Signum signal] => _lists.TryGetValue(signal, out var list)
        ? list
        : throw new ArgumentException($"{signal} is not handled by the server; handled are {string.Join(", ", SignalHooks.HandledSignals)}.", nameof(signal));

    /// <summary>Adds a hook to every handled signal.</summary>
    public void Add(Action hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        foreach (var list in _lists.Values)
            list.Add(hook);
    }

    /// <summary>Adds an asynchronous hook to every handled signal; its task is waited for.</summary>
    public void Add(Func<Task> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        foreach (var list in _lists.Values)
            list.Add(hook);
    }
}
