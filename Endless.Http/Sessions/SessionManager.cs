using System.Buffers.Text;
using Endless.Http.Cookies;

namespace Endless.Http.Sessions;

/// <summary>What <c>Middleware.Sessions</c> has of its options: loads and saves the sessions of requests.</summary>
internal sealed class SessionManager
{
    private readonly SessionPlace _place;
    private readonly ResponseCookie _cookie;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeSpan _maxLifetime;
    private readonly bool _isPersistent;
    private readonly int _maxBytes;
    private readonly string _tooLarge;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The cookie is one that browsers would drop.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time or a size is not positive, or too much.</exception>
    public SessionManager(SessionOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options.Cookie, nameof(options));
        _ = options.Cookie.ToString();
        Check(options.IdleTimeout, nameof(SessionOptions.IdleTimeout));
        Check(options.MaxLifetime, nameof(SessionOptions.MaxLifetime));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytes, nameof(SessionOptions.MaxBytes));
        _cookie = options.Cookie;
        _idleTimeout = options.IdleTimeout;
        _maxLifetime = options.MaxLifetime;
        _isPersistent = options.IsPersistent;
        _time = time;
        if (options.Store is { } store)
        {
            _place = new StorePlace(store);
            _maxBytes = options.MaxBytes;
            _tooLarge = "keep less, or raise SessionOptions.MaxBytes.";
        }
        else
        {
            _place = new CookiePlace(new CookieProtector(options.Keys ?? CookieKeys.Shared, time), _cookie.Name);
            _maxBytes = Base64Url.GetMaxDecodedLength(CookieGrammar.MaxBytes - _cookie.Name.Length - CookieCipher.TextLength(0) - 4);
            _tooLarge = "a browser takes cookies of 4,096 bytes. Keep less, or keep sessions on the server: new SessionOptions { Store = new MemorySessionStore() }.";
        }
    }

    /// <summary>The request's session: what its cookie leads to, if that is still good, or a new one.</summary>
    public async ValueTask<(Session Session, string? Cookie)> LoadAsync(Request request)
    {
        var now = Now;
        var session = new Session(_maxBytes, _tooLarge, now);
        if (request.Cookie(_cookie.Name) is not { Length: > 0 } cookie) return (session, null);
        if (await _place.LoadAsync(cookie, request).ConfigureAwait(false) is not { } data || !session.TryRestore(data.Span)) return (session, null);
        return IsGood(session, now) ? (session, cookie) : (new Session(_maxBytes, _tooLarge, now), null);
    }

    /// <summary>Saves a session, if it was changed or its time is to be extended, and tells the client.</summary>
    /// <param name="response">Whose head is about to be fixed.</param>
    /// <param name="session">The request's.</param>
    /// <param name="cookie">The value that led to it; null if none did.</param>
    public async Task SaveAsync(ResponseWriter response, Session session, string? cookie)
    {
        session.IsSealed = true;
        var now = Now;
        var isDue = cookie is not null && now - session.Saved >= (long)_idleTimeout.TotalSeconds / 10;
        if (!session.IsChanged && !isDue) return;
        if (cookie is not null && (session.Count == 0 || session.IsRenewed))
        {
            await _place.RemoveAsync(cookie).ConfigureAwait(false);
            if (session.Count == 0)
            {
                response.DeleteCookie(_cookie);
                KeepFromCaches(response);
            }
            cookie = null;
        }
        if (session.Count == 0) return;

        var left = TimeSpan.FromSeconds(session.Made - now) + _maxLifetime;
        var lifetime = left < _idleTimeout ? left : _idleTimeout;
        var value = lifetime > TimeSpan.Zero ? await _place.SaveAsync(cookie, session.ToBytes(now), lifetime).ConfigureAwait(false) : null;
        if (value is null) response.DeleteCookie(_cookie);
        else if (value != cookie || _isPersistent) response.SetCookie(_cookie with { Value = value, MaxAge = _isPersistent ? lifetime : null, Expires = null });
        else return;
        KeepFromCaches(response);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    private bool IsGood(Session session, long now) =>
        now - session.Saved < (long)_idleTimeout.TotalSeconds && now - session.Made < (long)_maxLifetime.TotalSeconds;

    // Cache poisoning: a cache that is shared would give one client's cookie to others (RFC 9111 section 7.3).
    private static void KeepFromCaches(ResponseWriter response)
    {
        if (response.Header["Cache-Control"] is null) response.Header["Cache-Control"] = "no-store";
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.FromSeconds(1) || time > CookieKeys.LongestLife) throw new ArgumentOutOfRangeException(name, time, "A session lasts from one second to 400 days.");
    }
}
