namespace Endless.Http.Tests.Fuzzing.Coverage;

/// <summary>
/// Tries changes of what is known to go different ways, and keeps what goes a new one: AFL's loop. In the instrumented copy (<see cref="Instrumented"/>), on one thread. The same seed and the same corpus tell the
/// same story.
/// </summary>
internal sealed class GuidedFuzzer
{
    /// <summary>Work after which a run is taken for one that does not end.</summary>
    private const long Unending = 200_000_000;

    private readonly FuzzTarget _target;
    private readonly Random _random;
    private readonly ByteMutator _mutator;
    private readonly EdgeMap _map = new();
    private readonly byte[] _seen = new byte[EdgeMap.Size];
    private readonly List<byte[]> _queue = [];

    public GuidedFuzzer(FuzzTarget target, int seed)
    {
        _target = target;
        _random = new Random(seed);
        _mutator = new ByteMutator(_random, target.Words);
    }

    /// <summary>Inputs tried.</summary>
    public long Executions { get; private set; }

    /// <summary>Edges taken by any of them.</summary>
    public int Edges { get; private set; }

    /// <summary>Inputs that went a way none before had gone.</summary>
    public IReadOnlyList<byte[]> Queue => _queue;

    /// <summary>The most that an input has cost, in shares of what it may.</summary>
    public (double Work, double Allocated) Dearest { get; private set; }

    /// <summary>Tries an input. Null if all holds that must.</summary>
    public string? Try(byte[] input)
    {
        Executions++;
        if (Run(input) is { } fault) return fault;
        if (IsNew()) _queue.Add(input);
        return null;
    }

    /// <summary>Tries another.</summary>
    /// <param name="input">Which one.</param>
    public string? Step(out byte[] input)
    {
        // The newest half of the time: what is behind a door that was just opened.
        var count = _queue.Count;
        var parent = _queue[_random.Next(2) == 0 ? _random.Next(count) : count - 1 - _random.Next(Math.Min(count, 16))];
        input = _mutator.Mutate(parent, _queue[_random.Next(count)], _target.MaxLength);
        return Try(input);
    }

    /// <summary>An input with which the same goes wrong, and from which nothing can be left out.</summary>
    public byte[] Shrink(byte[] input, string fault) => Shrink(input, tries: 5_000, shorter => Run(shorter) is { } other && Kind(other) == Kind(fault));

    /// <summary>
    /// As few inputs, and as short ones, as take all the edges that the given ones do. How often an edge is taken is left aside: that grows again within seconds.
    /// </summary>
    public List<byte[]> Minimise(IEnumerable<byte[]> inputs)
    {
        var kept = new List<byte[]>();
        var covered = new HashSet<int>();
        foreach (var input in inputs.OrderBy(input => input.Length).ThenBy(input => InputText.Encode(input), StringComparer.Ordinal))
        {
            if (Run(input) is not null) continue;
            var own = _map.Touched.ToArray().Where(edge => !covered.Contains(edge)).ToArray();
            if (own.Length == 0) continue;
            var shorter = Shrink(input, _target.Tries, part => Run(part) is null && own.All(edge => _map.Class(edge) != 0));
            Run(shorter);
            foreach (var edge in _map.Touched) covered.Add(edge);
            kept.Add(shorter);
        }
        // A later one may make an earlier one superfluous.
        var edges = kept.ConvertAll(input =>
        {
            Run(input);
            return _map.Touched.ToArray();
        });
        var times = edges.SelectMany(all => all).CountBy(edge => edge).ToDictionary();
        for (var i = 0; i < kept.Count;)
        {
            if (Array.Exists(edges[i], edge => times[edge] == 1))
            {
                i++;
                continue;
            }
            foreach (var edge in edges[i]) times[edge]--;
            kept.RemoveAt(i);
            edges.RemoveAt(i);
        }
        return kept;
    }

    /// <summary>What is made once, at the first use, is no input's cost: what seems too dear is looked at again.</summary>
    private string? Run(byte[] input)
    {
        var fault = RunOnce(input, out var work, out var allocated);
        if (fault is null && IsTooDear(input, work, allocated)) fault = RunOnce(input, out work, out allocated);
        if (fault is not null) return fault;
        if (work > _target.MaxWork(input.Length)) return $"{input.Length} bytes cost {work} blocks of work.";
        if (allocated > _target.MaxAllocated(input.Length)) return $"{input.Length} bytes cost {allocated} bytes of memory.";
        Dearest = (Math.Max(Dearest.Work, work / (double)_target.MaxWork(input.Length)), Math.Max(Dearest.Allocated, allocated / (double)_target.MaxAllocated(input.Length)));
        return null;
    }

    private bool IsTooDear(byte[] input, long work, long allocated) => work > _target.MaxWork(input.Length) || allocated > _target.MaxAllocated(input.Length);

    private string? RunOnce(byte[] input, out long work, out long allocated)
    {
        _map.Begin(Unending);
        var before = GC.GetAllocatedBytesForCurrentThread();
        string? fault = null;
        try
        {
            _target.Run(input);
        }
        catch (Exception exception)
        {
            fault = exception is Xunit.Sdk.XunitException ? exception.Message : exception.ToString();
        }
        finally
        {
            EdgeMap.End();
        }
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        work = _map.Work;
        return fault;
    }

    private bool IsNew()
    {
        var isNew = false;
        foreach (var edge in _map.Touched)
        {
            ref var seen = ref _seen[edge];
            var bit = _map.Class(edge);
            if ((seen & bit) != 0) continue;
            if (seen == 0) Edges++;
            seen |= bit;
            isNew = true;
        }
        return isNew;
    }

    private static byte[] Shrink(byte[] input, int tries, Func<byte[], bool> isStillSo)
    {
        for (var size = Math.Max(input.Length / 2, 1); size > 0; size /= 2)
        {
            for (var at = 0; at < input.Length && tries-- > 0;)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(at + size, input.Length))];
                if (isStillSo(shorter)) input = shorter;
                else at += size;
            }
        }
        return input;
    }

    // The numbers in a message are the input's.
    private static string Kind(string fault) => new([.. fault.Split('\n')[0].Where(c => !char.IsDigit(c)).Take(80)]);
}
