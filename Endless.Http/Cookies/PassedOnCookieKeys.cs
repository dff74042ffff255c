namespace Endless.Http.Cookies;

/// <summary>Keys in memory, which a restart passes on: the next generation reads what this one has made, and the other way round as long as both serve.</summary>
internal sealed class PassedOnCookieKeys : ICookieKeySource
{
    public void Load(List<CookieKey> keys)
    {
    }

    public void Renew(List<CookieKey> keys, long before, DateTimeOffset now) => keys.Add(CookieKey.Random(now));
}
