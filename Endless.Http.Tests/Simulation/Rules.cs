using System.Collections.Frozen;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>
/// A transition function as a table: every state that any order of events leads to, numbered, and what each event does in it. The function is pure, so that the table is the function, and a
/// step costs a look instead of a walk through the machine's switches and what they allocate. Immutable: all threads share it.
/// </summary>
internal sealed class Rules
{
    private readonly int _events = Happenings.Count;
    private readonly ushort[] _next;
    private readonly ushort[] _deeds;
    private readonly Deed[][] _lists;
    private readonly FrozenDictionary<GenerationState, ushort> _numbers;

    /// <summary>Plays the function through from every state a process can begin in.</summary>
    public Rules(Func<GenerationState, GenerationEvent, GenerationStep> function)
    {
        var numbers = new Dictionary<GenerationState, ushort>();
        var states = new List<GenerationState>();
        var next = new List<ushort>();
        var deeds = new List<ushort>();
        var lists = new List<Deed[]> { Array.Empty<Deed>() };
        var known = new Dictionary<string, ushort> { [""] = 0 };
        foreach (var continues in (ReadOnlySpan<bool>)[false, true])
            foreach (var isManaged in (ReadOnlySpan<bool>)[false, true])
                Number(GenerationState.Initial(continues, isManaged));
        var events = Enum.GetValues<Happening>().Select(Happenings.Event).ToArray();
        for (var i = 0; i < states.Count; i++)
        {
            foreach (var happened in events)
            {
                var step = function(states[i], happened);
                next.Add(Number(step.State));
                deeds.Add(List([.. step.Actions.Select(Deeds.Of).Where(deed => deed != Deed.Note)]));
            }
        }
        (States, _next, _deeds, _lists, _numbers) = ([.. states], [.. next], [.. deeds], [.. lists], numbers.ToFrozenDictionary());

        ushort Number(GenerationState state)
        {
            if (numbers.TryGetValue(state, out var number)) return number;
            states.Add(state);
            return numbers[state] = checked((ushort)(states.Count - 1));
        }

        ushort List(Deed[] list)
        {
            var key = string.Join(',', list);
            if (known.TryGetValue(key, out var number)) return number;
            lists.Add(list);
            return known[key] = checked((ushort)(lists.Count - 1));
        }
    }

    /// <summary>Every state, by its number.</summary>
    public GenerationState[] States { get; }

    /// <summary>The number of a state.</summary>
    public ushort Number(GenerationState state) => _numbers[state];

    /// <summary>The number of the state that follows.</summary>
    public ushort Next(ushort state, Happening happening) => _next[(state * _events) + (int)happening];

    /// <summary>The number of the list of what is to be done.</summary>
    public ushort DeedsOf(ushort state, Happening happening) => _deeds[(state * _events) + (int)happening];

    /// <summary>What is to be done, in this order.</summary>
    public Deed[] List(ushort number) => _lists[number];
}
