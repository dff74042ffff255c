using System.Text;

namespace Endless.Http.Tests.Simulation;

/// <summary>A story: the limits of a family and the moves that were made. Written in one line it can be played again; told it is a line a move.</summary>
internal sealed class Story(Rules rules, Limits limits, IReadOnlyList<Move> moves)
{
    public Limits Limits => limits;

    public IReadOnlyList<Move> Moves => moves;

    /// <summary>The promise that it breaks, or null. Moves that cannot be made are passed over, so that a story with some left out is a story; in the end all comes to rest.</summary>
    public string? Play(List<Move>? made = null, StringBuilder? told = null)
    {
        var world = new World(rules, new Family(rules, limits));
        Span<Move> possible = new Move[256];
        foreach (var move in moves)
        {
            var count = Outside.Collect(world.Family, possible, Inside.Collect(rules, world.Family, possible, faults: true), [0, 1, 2, 3, 4]);
            if (!possible[..count].Contains(move)) continue;
            Make(move);
            if (world.Broken is not null) return world.Broken;
        }
        for (var steps = 0; world.Broken is null; steps++)
        {
            var count = Inside.Collect(rules, world.Family, possible, faults: false);
            if (count == 0)
            {
                world.Judge.AtRest();
                break;
            }
            if (steps == Walk.MostStepsToRest) return Walk.Restless;
            Make(possible[0]);
        }
        return world.Broken;

        void Make(Move move)
        {
            made?.Add(move);
            world.Play(move);
            told?.Append($"{made?.Count,4}  {Tell(move)}\n      {string.Join("  ", Enumerable.Range(0, limits.Processes).Where(p => world.Family.Members[p].Life != Life.None).Select(p => Describe(world.Family, p)))}\n");
        }
    }

    /// <summary>The same promise broken with as few moves as can easily be found.</summary>
    public Story Shrink()
    {
        var promise = Play();
        var best = moves.ToList();
        for (var size = Math.Max(1, best.Count / 2); ; size /= 2)
        {
            for (var from = 0; from < best.Count;)
            {
                var shorter = new Story(rules, limits, [.. best[..from], .. best[Math.Min(best.Count, from + size)..]]);
                if (shorter.Play() == promise) best = [.. shorter.Moves];
                else from += size;
            }
            if (size == 1) return new Story(rules, limits, best);
        }
    }

    /// <summary>The story in a line, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() =>
        $"{limits.Processes} {limits.Signals} {limits.Faults} {limits.Connections} {(limits.IsManaged ? "managed" : "alone")} {(limits.IsFine ? "fine" : "coarse")}: "
        + string.Join(' ', moves.Select(move => $"{move.Process}.{move.Kind}{(move.Argument == 0 ? "" : $".{move.Argument}")}"));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Story Parse(Rules rules, string text)
    {
        var parts = text.Split(": ", 2);
        var head = parts[0].Split(' ');
        var limits = new Limits(int.Parse(head[0]), byte.Parse(head[1]), byte.Parse(head[2]), byte.Parse(head[3]), head[4] == "managed", head[5] == "fine");
        return new Story(rules, limits, [.. parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Read)]);

        static Move Read(string word) => word.Split('.') is [var process, var kind, .. var rest]
            ? new Move(Enum.Parse<Kind>(kind), byte.Parse(process), rest is [var argument] ? byte.Parse(argument) : (byte)0)
            : throw new FormatException($"{word} is no move.");
    }

    /// <summary>All of it, to be read.</summary>
    public string Tell()
    {
        var told = new StringBuilder();
        var promise = Play([], told);
        return $"{told}{promise}\nstory: {this}\n";
    }

    private static string Tell(Move move) => move.Kind switch
    {
        Kind.Signal => $"{Signals.Name(move.Argument)} is sent to {move.Process}",
        Kind.HandleSignal => $"{move.Process} handles {Signals.Name(move.Argument)}",
        Kind.Time => $"{move.Process}: {(Generations.GenerationTimer)move.Argument} is over",
        _ => $"{move.Process}: {move.Kind}{(move.Argument == 0 ? "" : $" {move.Argument}")}",
    };

    private string Describe(Family family, int p)
    {
        ref var member = ref family.Members[p];
        if (member.Life == Life.Dead) return $"{p} dead{(member.Up == 0 ? "" : " " + Tell(member.Up))}";
        var state = rules.States[member.State];
        var names = (family.Common.PidFile == p ? " pid" : "") + (family.Common.IsManaged && family.Common.MainProcess == p ? " main" : "");
        return $"{p}{names} {state.Predecessor}/{state.Own}/{state.Successor}{(state.RestartIsWanted ? " wanted" : "")} {member.App} [{member.Traits}]{(member.News == 0 ? "" : $" {member.News}")}"
            + (member.Held == 0 && member.Sent == 0 ? "" : $" holds {member.Held:x} sent {member.Sent:x}") + (member.Up == 0 ? "" : $" up {Tell(member.Up)}") + (member.Down == 0 ? "" : $" down {Tell(member.Down)}") + ";";
    }

    private static string Tell(ulong channel)
    {
        var told = new List<Word>();
        while (channel != 0) told.Add(Words.Pop(ref channel).Word);
        return string.Join('+', told);
    }
}
