namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>
/// Which ways the instrumented copy of the server has gone (<see cref="CoverageRewriter"/>): each edge between two basic blocks, and how often, in eight classes as AFL has them. Counted for the thread that
/// began it alone. The number of blocks is the work done, which unlike time is the same on every machine.
/// </summary>
public sealed class EdgeMap
{
    /// <summary>Edges are told apart by their number within this; the server has a quarter of it.</summary>
    public const int Size = 1 << 18;

    [ThreadStatic]
    private static EdgeMap? _current;

    private readonly byte[] _counts = new byte[Size];
    private readonly int[] _touched = new int[Size];
    private int _used;
    private int _previous;
    private long _limit;

    /// <summary>Basic blocks since <see cref="Begin"/>.</summary>
    public long Work { get; private set; }

    /// <summary>The edges that were taken since <see cref="Begin"/>.</summary>
    public ReadOnlySpan<int> Touched => _touched.AsSpan(0, _used);

    /// <summary>Called at the beginning of each basic block.</summary>
    /// <param name="block">Its number.</param>
    public static void Visit(int block) => _current?.Enter(block);

    /// <summary>Counts what this thread does from now on, from nothing.</summary>
    /// <param name="limit">Beyond so much work each block throws: what would not end, ends.</param>
    public void Begin(long limit)
    {
        foreach (var edge in Touched) _counts[edge] = 0;
        _used = _previous = 0;
        Work = 0;
        _limit = limit;
        _current = this;
    }

    /// <summary>Counts no more.</summary>
    public static void End() => _current = null;

    /// <summary>The class of an edge's count, as one bit; 0 if it was not taken.</summary>
    public byte Class(int edge) => _counts[edge] switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    private void Enter(int block)
    {
        if (++Work > _limit) throw new InvalidOperationException("It does not end.");
        var edge = _previous ^ block;
        _previous = block >> 1; // so that a to b is another edge than b to a
        ref var count = ref _counts[edge];
        if (count == 0) _touched[_used++] = edge;
        if (count < byte.MaxValue) count++;
    }
}
