using System.Collections.Concurrent;
using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>What came of the storm's requests, by program and protocol.</summary>
internal sealed class Scoreboard
{
    private const int MaxFaults = 200;

    private readonly ConcurrentDictionary<(string Program, StormProtocol Protocol), Score> _scores = [];
    private readonly ConcurrentQueue<string> _faults = [];
    private readonly ConcurrentDictionary<string, int> _kinds = [];
    private int _count;

    /// <summary>How many faults there were.</summary>
    public int Faults => Volatile.Read(ref _count);

    /// <summary>The first of them.</summary>
    public IReadOnlyCollection<string> FirstFaults => _faults;

    public long Requests => _scores.Values.Sum(score => score.Requests);

    public long Verified => _scores.Values.Sum(score => score.Verified);

    public long Expected => _scores.Values.Sum(score => score.Expected);

    /// <summary>Programs that had an answer verified, and what went wrong of each kind.</summary>
    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    public bool HasVerified(string program, StormProtocol protocol) => _scores.TryGetValue((program, protocol), out var score) && score.Verified + score.Expected > 0;

    public void Count(Visit visit, bool isVerified, bool isExpectedFailure)
    {
        var score = Of(visit.Program.Name, visit.Protocol);
        Interlocked.Increment(ref score.Requests);
        if (isVerified) Interlocked.Increment(ref score.Verified);
        if (isExpectedFailure) Interlocked.Increment(ref score.Expected);
    }

    public void Fault(Visit visit, string text)
    {
        Interlocked.Increment(ref Of(visit.Program.Name, visit.Protocol).Faults);
        Add($"{visit.Protocol} {visit.Method} {visit.Path}: {text}", visit.Program.Name);
    }

    /// <summary>A fault of no request that is known.</summary>
    public void Fault(string text) => Add(text, "(none)");

    /// <summary>A line a program, a column a protocol: requests / answers verified / expected failures / faults.</summary>
    public string Table()
    {
        var table = new StringBuilder().Append("requests / verified / expected failures / faults".PadRight(24));
        var protocols = Enum.GetValues<StormProtocol>();
        table.AppendLine();
        table.Append("".PadRight(20));
        foreach (var protocol in protocols) table.Append(protocol.ToString().PadLeft(28));
        table.AppendLine();
        foreach (var program in _scores.Keys.Select(key => key.Program).Distinct().Order()) Row(program, protocol => _scores.GetValueOrDefault((program, protocol)));
        Row("all", protocol => Score.Sum(_scores.Where(entry => entry.Key.Protocol == protocol).Select(entry => entry.Value)));
        return table.ToString();

        void Row(string name, Func<StormProtocol, Score?> score)
        {
            table.Append(name.PadRight(20));
            foreach (var protocol in protocols) table.Append((score(protocol)?.ToString() ?? "-").PadLeft(28));
            table.AppendLine();
        }
    }

    private void Add(string text, string kind)
    {
        _kinds.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (Interlocked.Increment(ref _count) <= MaxFaults) _faults.Enqueue(text);
    }

    private Score Of(string program, StormProtocol protocol) => _scores.GetOrAdd((program, protocol), _ => new Score());

    private sealed class Score
    {
        public long Requests;
        public long Verified;
        public long Expected;
        public long Faults;

        public static Score Sum(IEnumerable<Score> scores)
        {
            var sum = new Score();
            foreach (var score in scores)
            {
                sum.Requests += score.Requests;
                sum.Verified += score.Verified;
                sum.Expected += score.Expected;
                sum.Faults += score.Faults;
            }
            return sum;
        }

        public override string ToString() => $"{Requests:#,0}/{Verified:#,0}/{Expected:#,0}/{Faults:#,0}";
    }
}
