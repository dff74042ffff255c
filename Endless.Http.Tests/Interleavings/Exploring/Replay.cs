namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>A schedule that was written down; at its end whoever runs goes on.</summary>
internal sealed class Replay(Schedule schedule) : IStrategy
{
    private int _turn;
    private int _points;

    public Actor Choose(Actor? running, List<Actor> able)
    {
        if (_turn == schedule.Turns.Count) return running ?? able[0];
        var (name, points) = schedule.Turns[_turn];
        if (++_points == points)
        {
            _turn++;
            _points = 0;
        }
        return able.Find(actor => actor.Name == name)
            ?? throw new InvalidOperationException($"The schedule does not fit: in its turn {_turn + 1} {name} cannot go on.");
    }
}
