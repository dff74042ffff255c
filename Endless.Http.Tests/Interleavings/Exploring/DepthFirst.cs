namespace Endless.Http.Tests.Interleavings.Exploring;

/// <summary>
/// Every schedule with at most so many preemptions, one after the other. A preemption takes the turn from an actor that could go on; where one waits or ends, whoever follows costs nothing.
/// </summary>
/// <remarks>Most faults of real programs need no more than two (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007), and the number of schedules grows with the power of the bound only.</remarks>
internal sealed class DepthFirst(int preemptions) : IStrategy
{
    private readonly List<Decision> _path = [];
    private int _depth;
    private int _preempted;

    /// <summary>On to the next schedule; false if there is none.</summary>
    public bool TryNext()
    {
        _depth = _preempted = 0;
        while (_path.Count > 0)
        {
            var last = _path[^1];
            if (++last.Index < last.Count)
            {
                _path[^1] = last;
                return true;
            }
            _path.RemoveAt(_path.Count - 1);
        }
        return false;
    }

    public Actor Choose(Actor? running, List<Actor> able)
    {
        if (able.Count == 1 || (running != null && _preempted == preemptions)) return running ?? able[0];
        if (_depth == _path.Count) _path.Add(new Decision { Count = able.Count });
        var decision = _path[_depth++];
        if (decision.Count != able.Count) throw new InvalidOperationException("The same schedule led elsewhere: the scenario depends on more than its schedule.");
        if (running == null) return able[decision.Index];
        if (decision.Index == 0) return running;
        _preempted++;
        var index = decision.Index - 1;
        return able[able.IndexOf(running) <= index ? index + 1 : index];
    }

    private struct Decision
    {
        public int Index;
        public int Count;
    }
}
