using Endless.Http.Signals;
using Mono.Unix.Native;

namespace Endless.Http;

/// <summary>The hooks of one phase, signal by signal. Thread-safe.</summary>
public sealed class SignalHookPhase
{
    // One for each handled signal, in their order. Not a dictionary: each one over an enum costs a start-up 2 ms of compilation.
    private readonly SignalHookList[] _lists = new SignalHookList[HandledSignals.All.Length];

    internal SignalHookPhase()
    {
        for (var i = 0; i < _lists.Length; i++) _lists[i] = new SignalHookList();
    }

    /// <summary>The hooks of one signal.</summary>
    /// <exception cref="ArgumentException">A signal that no server handles.</exception>
    public SignalHookList this[Signum signal]
    {
        get => Find((HandledSignal)(int)signal)
            ?? throw new ArgumentException($"{signal} is not handled by the server; handled are {string.Join(", ", HandledSignals.Numbers)}.", nameof(signal));
    }

    /// <summary>The hooks of one signal; null for one that no server handles.</summary>
    internal SignalHookList? Find(HandledSignal signal)
    {
        for (var i = 0; i < _lists.Length; i++)
            if (HandledSignals.All[i] == signal) return _lists[i];
        return null;
    }

    /// <summary>Adds a hook to every handled signal.</summary>
    public void Add(Action hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        foreach (var list in _lists)
            list.Add(hook);
    }

    /// <summary>Adds an asynchronous hook to every handled signal; its task is waited for.</summary>
    public void Add(Func<Task> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        foreach (var list in _lists)
            list.Add(hook);
    }
}
