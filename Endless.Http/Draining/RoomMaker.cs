using Endless.Http.Connections;

namespace Endless.Http.Draining;

/// <summary>
/// Who makes room for a new connection where there is none: of the connections that wait for a request, or for the rest of a head, the one that has waited longest. Never one with a request
/// under way. Thread-safe.
/// </summary>
/// <remarks>
/// By their time alone, with or without a request answered: a silent client is always closed before one that has just been served, and a flood of them closes its own. No
/// connection pays for this as long as there is room: they are looked through only when there is none, and then once for as many as the next few hundred that come. Their order still
/// holds when their turn comes; one that no longer waits is seen and left alone.
/// </remarks>
internal sealed class RoomMaker(Func<IEnumerable<Connection>> open)
{
    /// <summary>So many are noted at a look, or one in eight if those are more, and never more than the second.</summary>
    private const int FewestNoted = 64, MostNoted = 1_024;

    /// <summary>Milliseconds until there is another look where the last one found nobody.</summary>
    private const long Pause = 25;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _longest = new();
    private long _nobodyUntil;

    /// <summary>Asks so many connections to end. How many there were to ask: each is closed a moment later, unless a request comes first.</summary>
    internal int MakeRoom(int count)
    {
        lock (_lock)
        {
            var asked = 0;
            var hasLooked = false;
            while (asked < count)
            {
                if (_longest.TryDequeue(out var next))
                {
                    if (!next.StillWaits) continue;
                    next.Connection.AskForRoom();
                    asked++;
                }
                else if (hasLooked || !TryLook())
                {
                    break;
                }
                else
                {
                    hasLooked = true;
                }
            }
            return asked;
        }
    }

    private bool TryLook()
    {
        var now = Environment.TickCount64;
        if (now < _nobodyUntil) return false;
        var waiting = new List<Waiting>();
        foreach (var connection in open())
        {
            var since = connection.StateSince; // race: read before its state, so that one which begins to wait only now counts as no longer waiting
            if (connection is { IsWaitingForRequest: true, IsAskedForRoom: false }) waiting.Add(new(connection, since));
        }
        waiting.Sort(static (one, other) => one.Since.CompareTo(other.Since));
        foreach (var one in waiting.Take(Math.Clamp(waiting.Count / 8, FewestNoted, MostNoted))) _longest.Enqueue(one);
        if (waiting.Count == 0) _nobodyUntil = now + Pause;
        return waiting.Count > 0;
    }

    private readonly record struct Waiting(Connection Connection, long Since)
    {
        public bool StillWaits => Connection is { IsWaitingForRequest: true, IsAskedForRoom: false } && Connection.StateSince == Since;
    }
}
