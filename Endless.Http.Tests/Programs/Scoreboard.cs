using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Programs;

/// <summary>What came of the storm's requests, by program and protocol.</summary>
internal sealed partial class Scoreboard
{
    // Of faults that differ in nothing but numbers one is kept, and of these so many.
    private const int MaxKinds = 1_000;

    private readonly ConcurrentDictionary<(string Program, StormProtocol Protocol), Score> _scores = [];
    private readonly ConcurrentDictionary<string, Kind> _kinds = [];
    private int _faults;

    /// <summary>How many faults there were.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>A line for each kind of fault: how often it came, and the first of them.</summary>
    public IEnumerable<string> KindsOfFaults => _kinds.Values.OrderByDescending(kind => kind.Count).Select(kind => $"{kind.Count,7:#,0} like: {kind.First}");

    public long Requests => _scores.Values.Sum(score => score.Requests);

    public long Verified => _scores.Values.Sum(score => score.Verified);

    public long Expected => _scores.Values.Sum(score => score.Expected);

    /// <summary>A handler was called for one of its requests at least.</summary>
    public bool WasCalled(string program) => _scores.Any(entry => entry.Key.Program == program && entry.Value.Called > 0);

    public void Count(Visit visit, bool isVerified, bool isExpectedFailure)
    {
        var score = Of(visit.Program.Name, visit.Protocol);
        Interlocked.Increment(ref score.Requests);
        if (visit.Calls > 0) Interlocked.Increment(ref score.Called);
        if (isVerified) Interlocked.Increment(ref score.Verified);
        if (isExpectedFailure) Interlocked.Increment(ref score.Expected);
    }

    public void Fault(Visit visit, string text)
    {
        Interlocked.Increment(ref Of(visit.Program.Name, visit.Protocol).Faults);
        Fault($"{visit.Protocol} {visit.Method} {visit.Path}: {text}");
    }

    /// <summary>A fault of no request that is known.</summary>
    public void Fault(string text)
    {
        Interlocked.Increment(ref _faults);
        var kind = Digits().Replace(text, "#");
        if (_kinds.TryGetValue(kind, out var known) || (_kinds.Count < MaxKinds && _kinds.TryAdd(kind, known = new Kind(text)))) Interlocked.Increment(ref known.Count);
    }

    /// <summary>A line a program, a column a protocol: requests / answers verified / expected failures / faults.</summary>
    public string Table()
    {
        var table = new StringBuilder().AppendLine("requests / verified / expected failures / faults");
        var protocols = Enum.GetValues<StormProtocol>();
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

    private Score Of(string program, StormProtocol protocol) => _scores.GetOrAdd((program, protocol), _ => new Score());

    // Numbers, hashes, and what was quoted from an answer.
    [GeneratedRegex("\"[^\"]*\"|[0-9][0-9a-f,]*")]
    private static partial Regex Digits();

    private sealed class Kind(string first)
    {
        public int Count;

        public string First => first;
    }

    private sealed class Score
    {
        public long Requests;
        public long Called;
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
