using System.Buffers.Binary;

namespace Endless.Http.Tests.Simulation;

/// <summary>
/// Every story within limits, shortest first: a breadth-first search that goes on from each family it has not seen before. Two families are the same if all their bytes are.
/// What it finds is told with the fewest moves there are.
/// </summary>
internal sealed class Search
{
    private const int StatesInChunk = 1 << 16;

    private readonly Rules _rules;
    private readonly Limits _limits;
    private readonly byte[] _signals;
    private readonly World _world;
    private readonly int _size;
    private readonly List<byte[]> _states = [];
    private readonly List<(int From, Move Move)> _ways = [];
    private int[] _seen = new int[1 << 20];

    public Search(Rules rules, Limits limits, params byte[] signals)
    {
        (_rules, _limits, _signals) = (rules, limits, signals);
        _world = new World(rules, new Family(rules, limits));
        _size = _world.Family.Size;
    }

    /// <summary>Families seen.</summary>
    public int States => _ways.Count;

    /// <summary>Moves made.</summary>
    public long Steps { get; private set; }

    /// <summary>There are no others.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The story that breaks a promise; null if none of those does that were looked at.</summary>
    public Story? Run(int mostStates, Func<bool>? isOver = null)
    {
        Span<byte> before = new byte[_size], after = new byte[_size];
        Span<Move> moves = new Move[256];
        _world.Family.Save(after);
        Remember(after, -1, default);
        for (var at = 0; at < States; at++)
        {
            if (States >= mostStates || ((at & 1023) == 0 && isOver?.Invoke() == true)) return null;
            State(at).CopyTo(before);
            _world.Family.Load(before);
            if (Inside.Collect(_rules, _world.Family, moves, faults: false) == 0)
            {
                _world.Judge.AtRest();
                if (_world.Broken is not null) return Way(at, null);
            }
            var count = Outside.Collect(_world.Family, moves, Inside.Collect(_rules, _world.Family, moves, faults: true), _signals);
            foreach (var move in moves[..count])
            {
                // To be frozen is to have no turn for a while, which is among the orders anyway.
                if (move.Kind == Kind.Freeze) continue;
                _world.Family.Load(before);
                _world.Play(move);
                Steps++;
                if (_world.Broken is not null) return Way(at, move);
                _world.Family.Save(after);
                Remember(after, at, move);
            }
        }
        IsComplete = true;
        return null;
    }

    private Story Way(int at, Move? last)
    {
        var moves = new List<Move>();
        if (last is { } move) moves.Add(move);
        for (; _ways[at].From >= 0; at = _ways[at].From) moves.Add(_ways[at].Move);
        moves.Reverse();
        return new Story(_rules, _limits, moves);
    }

    private Span<byte> State(int number) => _states[number / StatesInChunk].AsSpan(number % StatesInChunk * _size, _size);

    private void Remember(ReadOnlySpan<byte> state, int from, Move move)
    {
        if (States * 2 > _seen.Length) Grow();
        var place = Place(state);
        if (_seen[place] != 0) return;
        if (States % StatesInChunk == 0) _states.Add(new byte[StatesInChunk * _size]);
        _ways.Add((from, move));
        state.CopyTo(State(States - 1));
        _seen[place] = States;
    }

    /// <summary>Where a family is, or where it belongs. The table holds numbers, from 1.</summary>
    private int Place(ReadOnlySpan<byte> state)
    {
        var place = (int)(Hash(state) & (ulong)(_seen.Length - 1));
        while (_seen[place] != 0 && !State(_seen[place] - 1).SequenceEqual(state)) place = (place + 1) & (_seen.Length - 1);
        return place;
    }

    private static ulong Hash(ReadOnlySpan<byte> state)
    {
        var hash = 0x9e3779b97f4a7c15;
        for (; state.Length >= 8; state = state[8..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(state));
        foreach (var one in state) hash = Mix(hash ^ one);
        return hash;

        static ulong Mix(ulong value)
        {
            var high = Math.BigMul(value, 0xa0761d6478bd642f, out var low);
            return high ^ low ^ value;
        }
    }

    private void Grow()
    {
        _seen = new int[_seen.Length * 2];
        for (var i = 0; i < States; i++) _seen[Place(State(i))] = i + 1;
    }
}
