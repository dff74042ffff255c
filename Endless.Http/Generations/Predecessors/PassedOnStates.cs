using Endless.Http.Channels;

namespace Endless.Http.Generations;

/// <summary>What parts of the application of the generation before left, each under a name, as they last said. Thread-safe: a list is never changed, only replaced.</summary>
/// <param name="states">What was said before this process started.</param>
internal sealed class PassedOnStates(IReadOnlyList<PassedState> states)
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<PassedState> _states = states;

    /// <summary>What was left under a name; null if nothing was.</summary>
    internal ReadOnlyMemory<byte>? this[string name] => Find(_states, name)?.State;

    /// <summary>Some was said again. What was not stays as it was.</summary>
    internal void Take(IReadOnlyList<PassedState> states)
    {
        lock (_lock)
        {
            var all = new List<PassedState>(states);
            foreach (var last in _states)
                if (Find(states, last.Name) is null) all.Add(last);
            _states = all;
        }
    }

    private static PassedState? Find(IReadOnlyList<PassedState> states, string name)
    {
        foreach (var state in states)
            if (state.Name == name) return state;
        return null;
    }
}
