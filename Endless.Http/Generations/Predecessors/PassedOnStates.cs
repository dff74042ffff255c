using Endless.Http.Channels;

namespace Endless.Http.Generations;

/// <summary>What parts of the application of the generation before left, each under a name, as they last said. Thread-safe.</summary>
internal sealed class PassedOnStates
{
    // Under its own lock: a concurrent dictionary would be one more assembly that every start loads.
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];

    /// <param name="states">What was said before this process started.</param>
    internal PassedOnStates(IReadOnlyList<PassedState> states) => Take(states);

    /// <summary>What was left under a name; null if nothing was.</summary>
    internal ReadOnlyMemory<byte>? this[string name]
    {
        get
        {
            lock (_states) return _states.TryGetValue(name, out var state) ? state : (ReadOnlyMemory<byte>?)null; // without the cast an empty state, by the conversion from an array
        }
    }

    /// <summary>Some was said again. What was not stays as it was.</summary>
    internal void Take(IReadOnlyList<PassedState> states)
    {
        lock (_states)
            foreach (var (name, state) in states) _states[name] = state;
    }
}
