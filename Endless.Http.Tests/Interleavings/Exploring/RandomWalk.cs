namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>
/// A schedule by chance, the same for the same seed. Every other seed gives the actors priorities and changes them a few times (Burckhardt et al., "A randomized scheduler with
/// probabilistic guarantees of finding bugs", ASPLOS 2010): few switches in unlikely places. The others switch at any point.
/// </summary>
internal sealed class RandomWalk(int seed, int length) : IStrategy
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<int, double> _priorities = [];
    private HashSet<int>? _changes;
    private int _steps;


    public Actor Choose(Actor? running, List<Actor> able)
    {
        _steps++;
        if (seed % 2 != 0) return running != null && _random.Next(3) != 0 ? running : able[_random.Next(able.Count)];

        if (_changes == null)
        {
            _changes = [];
            for (var i = _random.Next(5); i >= 0; i--) _changes.Add(_random.Next(Math.Max(length, 1)));
        }
        if (running != null && _changes.Contains(_steps)) _priorities[running.Id] = -_steps;
        var best = able[0];
        foreach (var actor in able)
            if (Priority(actor) > Priority(best)) best = actor;
        return best;
    }

    private double Priority(Actor actor)
    {
        if (!_priorities.TryGetValue(actor.Id, out var priority)) _priorities[actor.Id] = priority = _random.NextDouble();
        return priority;
    }
}
