namespace Endless.Http.Proxying;

/// <summary>The destinations of one proxy, and whose turn it is. Any number of threads.</summary>
internal sealed class Destinations(Destination[] all, LoadBalancing balancing)
{
    private uint _turn;

    /// <summary>How many there are.</summary>
    public int Count => all.Length;

    /// <summary>The one for a request; null if all have been tried.</summary>
    /// <param name="tried">Those that it was tried with; null for none.</param>
    /// <remarks>Those that are left out are asked where there are no others: somebody has to find out that they are back.</remarks>
    public Destination? Choose(List<Destination>? tried)
    {
        if (all.Length == 1) return tried is null ? all[0] : null;
        var now = Environment.TickCount64;
        var start = Interlocked.Increment(ref _turn);
        return Choose(start, tried, now, takesLeftOut: false) ?? Choose(start, tried, now, takesLeftOut: true);
    }

    private Destination? Choose(uint start, List<Destination>? tried, long now, bool takesLeftOut)
    {
        Destination? best = null;
        for (var i = 0; i < all.Length; i++)
        {
            var one = all[(start + (uint)i) % (uint)all.Length];
            if (tried is not null && tried.Contains(one)) continue;
            if (!takesLeftOut && one.IsLeftOut(now)) continue;
            if (balancing == LoadBalancing.RoundRobin) return one;
            if (best is null || one.UnderWay < best.UnderWay) best = one;
        }
        return best;
    }
}
