namespace Endless.Http.Cookies;

/// <summary>Keys in memory, which a restart passes on to the next generation: that reads what this one has made.</summary>
internal sealed class PassedOnCookieKeys : ICookieKeySource
{
    private const string Name = "endless.cookie-keys";

    // For as long as the process lives: it has one of these.
    private readonly IDisposable _registration;
    private byte[] _text = [];

    public PassedOnCookieKeys() => _registration = EndlessProcess.PassOn(Name, () => Volatile.Read(ref _text));

    public void Load(List<CookieKey> keys)
    {
        if (EndlessProcess.PassedOn(Name) is { } passed) CookieKeyText.Parse(passed.Span, keys);
        Remember(keys);
    }

    public void Renew(List<CookieKey> keys, long before, DateTimeOffset now)
    {
        keys.Add(CookieKey.Random(now));
        Remember(keys);
    }

    private void Remember(List<CookieKey> keys) => Volatile.Write(ref _text, CookieKeyText.Format(keys));
}
