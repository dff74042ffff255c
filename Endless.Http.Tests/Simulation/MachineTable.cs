using System.Numerics;
using System.Text;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>The machine as tables in Markdown: what changes something, and only that, equal rows as one. docs/restart.md shows it.</summary>
internal static class MachineTable
{
    public const string Begin = "<!-- the machine: begin -->";
    public const string End = "<!-- the machine: end -->";

    private static readonly Happening[] OfPredecessor = [Happening.PredecessorHandsOver, Happening.PredecessorReleased, Happening.PredecessorStops, Happening.PredecessorIsGone, Happening.ChargeTimedOut];

    private static readonly Happening[] OfOwn =
    [
        Happening.ServersStart, Happening.ServersAccept, Happening.StartFailed, Happening.ServersStop, Happening.ServersEnded, Happening.RestartAsked, Happening.StopAsked, Happening.StopAskedAgain,
        Happening.HammerAsked,
    ];

    /// <summary>Between the two marks, and a newline at either end.</summary>
    public static string Make()
    {
        var rules = new Rules(GenerationMachine.Next);
        // What is kept of a failure until the process is gone changes no step.
        var states = rules.States.Select(state => state with { Failure = state.Failure is null ? null : new RestartFailure(FailureCause.Late) }).Distinct().ToArray();
        var text = new StringBuilder("\n");
        foreach (var (title, events) in new[]
        {
            ("The next generation", Enum.GetValues<Happening>().Except(OfPredecessor).Except(OfOwn).ToArray()),
            ("The generation before", OfPredecessor),
            ("This generation", OfOwn),
        })
        {
            text.Append($"**{title}**\n\n| event | this one | before it | after it | then | it does |\n|---|---|---|---|---|---|\n");
            foreach (var happening in events)
            {
                if (happening is Happening.StopAskedAgain or Happening.PredecessorStops) text.Append($"| {TableWords.Of(happening)} | any | any | any |  | as *stop asked*, but for what follows |\n");
                foreach (var outcome in states.Select(state => (State: new Place(state), Outcome: Outcome(state, happening))).GroupBy(one => one.Outcome).Where(group => !string.IsNullOrEmpty(group.Key.Then + group.Key.Does)))
                {
                    foreach (var row in Rows([.. outcome.Select(one => one.State)], [.. states.Select(state => new Place(state))]))
                        text.Append($"| {TableWords.Of(happening)} | {row} | {outcome.Key.Then} | {outcome.Key.Does} |\n");
                }
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    private static (string Then, string Does) Outcome(GenerationState state, Happening happening)
    {
        var step = GenerationMachine.Next(state, Happenings.Event(happening));
        var changes = new List<string>();
        if (step.State.Own != state.Own) changes.Add($"this one: {TableWords.Of(step.State.Own)}");
        if (step.State.Predecessor != state.Predecessor) changes.Add($"before: {TableWords.Of(step.State.Predecessor)}");
        if (step.State.Successor != state.Successor) changes.Add($"after: {TableWords.Of(step.State.Successor)}");
        if (step.State.RestartIsWanted && !state.RestartIsWanted) changes.Add("a restart is wanted");
        var outcome = (string.Join(", ", changes), string.Join("; ", step.Actions.Select(TableWords.Of).Where(words => words.Length > 0)));
        return happening is Happening.StopAskedAgain or Happening.PredecessorStops && outcome == Outcome(state, Happening.StopAsked) ? default : outcome;
    }

    /// <summary>The fewest rows that say where something is so, each any combination of what it names.</summary>
    private static IEnumerable<string> Rows(HashSet<Place> where, HashSet<Place> all) => Split(where, all).Select(one =>
    {
        var names = Names(one, all);
        return names[0] + names[3] switch { "yes" => ", a restart is wanted", "no" => ", no restart is wanted", _ => "" } + names[4] switch { "yes" => ", managed", "no" => ", not managed", _ => "" }
            + $" | {names[1]} | {names[2]}";
    });

    private static List<HashSet<Place>> Split(HashSet<Place> where, HashSet<Place> all)
    {
        if (all.Count(place => Enumerable.Range(0, Place.Dimensions).All(dimension => where.Any(other => other[dimension] == place[dimension]))) == where.Count) return [where];
        var best = new List<HashSet<Place>>();
        for (var dimension = 0; dimension < Place.Dimensions; dimension++)
        {
            // Values of one thing with the same others beside them are one row.
            var parts = where.GroupBy(place => place[dimension])
                .GroupBy(value => string.Join('/', value.Select(place => place.Without(dimension)).Order(StringComparer.Ordinal)))
                .Select(same => same.SelectMany(value => value).ToHashSet()).ToList();
            if (parts.Count == 1) continue;
            var rows = parts.SelectMany(part => Split(part, all)).ToList();
            if (best.Count == 0 || rows.Count < best.Count) best = rows;
        }
        return best.Count > 0 ? best : [.. where.Select(place => new HashSet<Place> { place })];
    }

    /// <summary>What a row says of each thing: "any" of as many as what it says of the others leaves no choice for.</summary>
    private static string[] Names(HashSet<Place> row, HashSet<Place> all)
    {
        var named = Enumerable.Range(0, 1 << Place.Dimensions).OrderBy(some => BitOperations.PopCount((uint)some))
            .First(some => all.Count(place => Enumerable.Range(0, Place.Dimensions).All(one => (some >> one & 1) == 0 || row.Any(other => other[one] == place[one]))) == row.Count);
        return [.. Enumerable.Range(0, Place.Dimensions).Select(one => (named >> one & 1) == 0 ? "any" : string.Join(", ", row.Select(place => place[one]).Distinct()))];
    }

    /// <summary>What a step depends on, in words.</summary>
    private readonly record struct Place(string Own, string Predecessor, string Successor, string Wanted, string Managed)
    {
        public const int Dimensions = 5;

        public Place(GenerationState state)
            : this(TableWords.Of(state.Own), TableWords.Of(state.Predecessor), TableWords.Of(state.Successor), state.RestartIsWanted ? "yes" : "no", state.IsManaged ? "yes" : "no")
        {
        }

        public string Without(int dimension) => $"{(this with { Own = dimension == 0 ? "" : Own, Predecessor = dimension == 1 ? "" : Predecessor, Successor = dimension == 2 ? "" : Successor, Wanted = dimension == 3 ? "" : Wanted, Managed = dimension == 4 ? "" : Managed })}";

        public string this[int dimension] => dimension switch { 0 => Own, 1 => Predecessor, 2 => Successor, 3 => Wanted, _ => Managed };
    }
}
