namespace Endless.Http.Cookies;

/// <summary>Keys that the program gives: those, and no others.</summary>
internal sealed class FixedCookieKeys(IReadOnlyList<CookieKey> given) : ICookieKeySource
{
    public void Load(List<CookieKey> keys)
    {
        if (keys.Count == 0) keys.AddRange(given);
    }

    public void Renew(List<CookieKey> keys, long before, DateTimeOffset now) => Load(keys);
}
