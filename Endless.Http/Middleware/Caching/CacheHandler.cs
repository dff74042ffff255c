namespace Endless.Http;

/// <summary>Answers from the store, or has the handler answer and stores that.</summary>
internal sealed class CacheHandler(IHandler next, CacheStore store) : IHandler
{
    // Slow reader: the one that goes to the handler may be a client that takes its answer slowly, or not at all.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (r.Method is not ("GET" or "HEAD")) return r.Method is "OPTIONS" or "TRACE" or "CONNECT" ? next.ServeHttpAsync(w, r) : ChangeAsync(w, r);
        var asked = CacheDirectives.Parse(r.Header.Values("Cache-Control"));
        // A body, or what asks for a part of something: not told apart by the key.
        if (asked.NoStore || r.ContentLength != 0 || r.Header["Range"] is not null) return PassBy(w, r, "request");
        var key = CacheRules.KeyOf(r);
        var noCache = asked.NoCache || (r.Header["Cache-Control"] is null && r.Header["Pragma"] == "no-cache");
        if (!noCache && store.Find(key, r) is { } entry)
        {
            var now = store.Clock.GetUtcNow();
            if (IsFresh(entry, asked, now)) return entry.Status != 0 ? entry.WriteAsync(w, r, now) : asked.OnlyIfCached ? NotStored(w) : PassBy(w, r, "bypass");
        }
        if (asked.OnlyIfCached) return NotStored(w);
        return r.Method == "HEAD" ? PassBy(w, r, "method") : FetchAsync(w, r, key, asked, noCache);
    }

    private static bool IsFresh(CacheEntry entry, in CacheDirectives asked, DateTimeOffset now)
    {
        var age = now - entry.Born;
        if (asked.MaxAge is { } most && entry.Status != 0 && age > TimeSpan.FromSeconds(most)) return false;
        return age + TimeSpan.FromSeconds(entry.Status != 0 ? asked.MinFresh ?? 0 : 0) < entry.Lifetime;
    }

    private Task PassBy(ResponseWriter w, Request r, string reason)
    {
        w.Header.Add("Cache-Status", "endless; fwd=" + reason);
        return next.ServeHttpAsync(w, r);
    }

    private static Task NotStored(ResponseWriter w)
    {
        w.Error("Gateway Timeout", 504); // RFC 9111 section 5.2.1.7
        return Task.CompletedTask;
    }

    private async Task FetchAsync(ResponseWriter w, Request r, string key, CacheDirectives asked, bool noCache)
    {
        var end = Environment.TickCount64 + (long)LongestWait.TotalMilliseconds;
        CacheFlight flight;
        while (!store.TryTakeOff(key, out flight))
        {
            if (!noCache && store.Find(key, r) is { Status: not 0 } stale && CanWait(stale, asked))
            {
                await stale.WriteAsync(w, r, store.Clock.GetUtcNow()).ConfigureAwait(false);
                return;
            }
            var left = end - Environment.TickCount64;
            if (left <= 0 || !await HasLandedAsync(flight, r, TimeSpan.FromMilliseconds(left)).ConfigureAwait(false))
            {
                await PassBy(w, r, "miss").ConfigureAwait(false);
                return;
            }
            if (noCache || store.Find(key, r) is not { } entry || !IsFresh(entry, asked, store.Clock.GetUtcNow())) continue;
            await (entry.Status != 0 ? entry.WriteAsync(w, r, store.Clock.GetUtcNow()) : PassBy(w, r, "bypass")).ConfigureAwait(false);
            return;
        }

        CacheEntry? stored = null;
        try
        {
            w.Header.Add("Cache-Status", "endless; fwd=miss");
            var writer = new CacheWriter(w, store.MaxEntryBytes);
            await next.ServeHttpAsync(writer, r).ConfigureAwait(false);
            writer.CopyHead();
            stored = CacheRules.Entry(key, r, writer, store);
        }
        finally
        {
            store.Land(flight, stored);
        }
    }

    private bool CanWait(CacheEntry stale, in CacheDirectives asked) =>
        asked.MaxAge is null && asked.MinFresh is null && store.Clock.GetUtcNow() - stale.Born < stale.Lifetime + stale.Grace;

    /// <summary>False if it took too long, or the client is gone.</summary>
    private static async ValueTask<bool> HasLandedAsync(CacheFlight flight, Request r, TimeSpan most)
    {
        await flight.Landed.WaitAsync(most, r.Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return flight.Landed.IsCompleted;
    }

    // RFC 9111 section 4.4
    private async Task ChangeAsync(ResponseWriter w, Request r)
    {
        await next.ServeHttpAsync(w, r).ConfigureAwait(false);
        if (w.StatusCode is not (0 or (>= 200 and < 400))) return;
        var get = new Request(r) { Method = "GET" };
        store.Remove(CacheRules.KeyOf(get));
    }
}
