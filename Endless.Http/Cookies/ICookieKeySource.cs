namespace Endless.Http.Cookies;

/// <summary>Where a <see cref="CookieKeys"/> has its keys from. Called under the ring's lock.</summary>
internal interface ICookieKeySource
{
    /// <summary>Adds the keys that are there now to those that are known.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    void Load(List<CookieKey> keys);

    /// <summary>Has a new key made, where the newest is one of before <paramref name="before"/> still, for others may share the source; then as <see cref="Load"/>.</summary>
    /// <param name="keys">Those that are known.</param>
    /// <param name="before">In seconds of Unix time.</param>
    /// <param name="now">When the new one is made.</param>
    /// <exception cref="IOException">None can be stored.</exception>
    void Renew(List<CookieKey> keys, long before, DateTimeOffset now);
}
