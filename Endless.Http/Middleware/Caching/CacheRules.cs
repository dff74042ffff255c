using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What may be stored, and for how long (RFC 9111 sections 3 and 4.2).</summary>
internal static class CacheRules
{
    private static readonly TimeSpan NotStoredFor = TimeSpan.FromSeconds(10);

    // Of the connection or of one response: not part of what is stored (section 3.1).
    private static readonly string[] NeverStored = ["Age", "Cache-Status", "Connection", "Content-Length", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade"];

    /// <summary>The target of a request: scheme, host and what was sent, and what middleware made of it.</summary>
    public static string KeyOf(Request r) => $"{r.Scheme}://{r.Host} {r.Target} {r.RawPath}?{r.RawQuery}";

    /// <summary>What is to be stored of a response; null for nothing, an entry without a status for a note that it is not.</summary>
    public static CacheEntry? Entry(string key, Request r, CacheWriter response, CacheStore store)
    {
        var now = store.Clock.GetUtcNow();
        return Stored(key, r, response, store, now) ?? (response.CopiedStatus is 0 or >= 500 ? null : new CacheEntry { Key = key, Born = now, Lifetime = NotStoredFor });
    }

    private static CacheEntry? Stored(string key, Request r, CacheWriter response, CacheStore store, DateTimeOffset now)
    {
        // 206 is a part of something; 304 is an answer to one client; what is understood besides are final answers that mean the same to everybody.
        if (response.CopiedStatus is not (200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501) || response.Body is not { } body) return null;
        var fields = new Header();
        foreach (var (name, value) in response.Fields) fields.Add(name, value);
        var directives = CacheDirectives.Parse(fields.Values("Cache-Control"));
        if (directives.NoStore || directives.NoCache || directives.Private || fields["Set-Cookie"] is not null || fields["Trailer"] is not null) return null;
        if (r.Header["Authorization"] is not null && !directives.Public && directives.SharedMaxAge is null && !directives.MustRevalidate) return null;
        if (fields["Content-Length"] is { } declared && declared != body.Length.ToString(CultureInfo.InvariantCulture)) return null;
        if (Lifetime(directives, fields, now) is not { } lifetime || lifetime <= TimeSpan.Zero || Varies(r, fields, store) is not { } varies) return null;
        if (fields["Date"] is null) fields.Set("Date", HttpDate.Format(now));
        var age = fields["Age"] is { } said && long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, int.MaxValue) : 0;
        foreach (var name in NeverStored) fields.Remove(name);
        return new CacheEntry
        {
            Key = key,
            Varies = varies,
            Status = response.CopiedStatus,
            Fields = [.. fields],
            Body = body.ToArray(),
            Born = now - TimeSpan.FromSeconds(age),
            Lifetime = lifetime,
            Grace = directives.MustRevalidate ? TimeSpan.Zero : TimeSpan.FromSeconds(directives.StaleWhileRevalidate ?? 0),
        };
    }

    // No guesses (section 4.2.2): what a handler does not mark is not stored.
    private static TimeSpan? Lifetime(in CacheDirectives directives, Header fields, DateTimeOffset now)
    {
        if ((directives.SharedMaxAge ?? directives.MaxAge) is { } seconds) return TimeSpan.FromSeconds(seconds);
        var expires = fields.Values("Expires");
        if (expires.Count != 1 || !HttpDate.TryParse(expires[0], out var end)) return null;
        return end - (HttpDate.TryParse(fields["Date"], out var date) ? date : now);
    }

    private static KeyValuePair<string, string>[]? Varies(Request r, Header fields, CacheStore store)
    {
        var names = new SortedSet<string>(store.KeyFields, StringComparer.OrdinalIgnoreCase);
        foreach (var list in fields.Values("Vary"))
        {
            foreach (var name in FieldList.Elements(list))
            {
                if (name is "*") return null;
                if (!name.IsEmpty) names.Add(name.ToString().ToLowerInvariant());
            }
        }
        var varies = new KeyValuePair<string, string>[names.Count];
        var next = 0;
        foreach (var name in names) varies[next++] = new(name, CacheEntry.ValueOf(r, name));
        return varies;
    }
}
