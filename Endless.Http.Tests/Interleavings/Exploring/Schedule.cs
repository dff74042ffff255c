using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>Who went on for how many points, turn by turn: <c>flow:4 canceler:2 flow:3</c>.</summary>
internal sealed class Schedule
{
    /// <summary>In front of one at all points.</summary>
    public const string Wide = "wide ";

    private readonly List<string> _ends = [];

    /// <summary>The turns.</summary>
    public List<(string Actor, int Points)> Turns { get; } = [];

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Schedule Parse(string text)
    {
        var schedule = new Schedule();
        foreach (var turn in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = turn.LastIndexOf(':');
            schedule.Turns.Add((turn[..colon], int.Parse(turn[(colon + 1)..], CultureInfo.InvariantCulture)));
        }
        return schedule;
    }

    /// <summary>An actor goes on by a point. <paramref name="where"/> its predecessor stands now.</summary>
    public void Add(Actor actor, Func<string> where)
    {
        if (Turns.Count > 0 && Turns[^1].Actor == actor.Name)
        {
            Turns[^1] = (actor.Name, Turns[^1].Points + 1);
            return;
        }
        if (Turns.Count > 0) _ends.Add(where());
        Turns.Add((actor.Name, 1));
    }

    public override string ToString() => string.Join(' ', Turns.Select(turn => $"{turn.Actor}:{turn.Points}"));

    /// <summary>A line for each turn, with the point before which it was left.</summary>
    public string Describe(string where)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Turns.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"  {Turns[i].Actor,-10} {Turns[i].Points,4}  to {(i < _ends.Count ? _ends[i] : where)}\n");
        return text.ToString();
    }
}
