namespace Endless.Http.Logging;

/// <summary>
/// Bounds how often equal events are written that requests bring about: a client that asks again and again for what fails would else have a stack trace written each time, which costs fifty times what
/// the failure does, and fills the disk. Events are equal that have one id, one route and one type of exception. Thread-safe.
/// </summary>
/// <param name="tell">Writes how many were not.</param>
internal sealed class RepeatedEvents(Action<RepeatedEvents.Kind, int> tell)
{
    /// <summary>Equal events that are written within <see cref="Period"/>.</summary>
    internal const int Most = 10;

    /// <summary>Milliseconds.</summary>
    internal const int Period = 1_000;

    /// <summary>Kinds that are told apart: routes are few.</summary>
    private const int MostKinds = 1_000;

    private static readonly Kind Other = new(0, "", null);

    private readonly Lock _lock = new();
    private readonly Dictionary<Kind, Count> _counts = [];

    /// <summary>Whether an event is to be written. If not it is counted, and told of at the end of the period.</summary>
    /// <param name="kind">What it is equal in.</param>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    public bool Admit(Kind kind, long now)
    {
        lock (_lock)
        {
            if (!_counts.TryGetValue(kind, out var count) && _counts.Count >= MostKinds && !_counts.TryGetValue(kind = Other, out count)) count = null;
            if (count is null) _counts[kind] = count = new Count { Since = now };
            // The period does not end before its unwritten events are reported.
            if (count.Lost == 0 && now - count.Since >= Period) (count.Since, count.Written) = (now, 0);
            if (count.Written < Most)
            {
                count.Written++;
                return true;
            }
            if (count.Lost++ == 0) _ = TellAsync(kind, count);
            return false;
        }
    }

    private async Task TellAsync(Kind kind, Count count)
    {
        await Task.Delay(Period).ConfigureAwait(false);
        int lost;
        lock (_lock)
        {
            lost = count.Lost;
            (count.Since, count.Written, count.Lost) = (Environment.TickCount64, 0, 0);
        }
        tell(kind, lost);
    }

    /// <summary>What equal events have in common.</summary>
    /// <param name="Event">The id.</param>
    /// <param name="Route">The route's pattern.</param>
    /// <param name="Exception">The type of the exception; null if there is none.</param>
    internal readonly record struct Kind(int Event, string Route, Type? Exception);

    private sealed class Count
    {
        public long Since;
        public int Written;
        public int Lost;
    }
}
