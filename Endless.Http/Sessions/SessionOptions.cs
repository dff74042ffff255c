namespace Endless.Http;

/// <summary>How <c>Middleware.Sessions</c> keeps sessions. Read when the middleware is made.</summary>
public sealed class SessionOptions
{
    /// <summary>The cookie by which a client is known again, its value aside. By default <c>__Host-session</c>, as <see cref="ResponseCookie"/> has it: over TLS and on this host alone. For a site in the clear <c>new ResponseCookie("session", "") { Secure = false }</c>.</summary>
    public ResponseCookie Cookie { get; set; } = new("__Host-session", "");

    /// <summary>How long a session lasts without a request that uses it; one hour by default. What is kept of that is renewed when a tenth of it has passed.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a session lasts at most, however much it is used; one day by default, 400 days at most.</summary>
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The browser keeps the cookie when it is closed, for <see cref="IdleTimeout"/>. False by default.</summary>
    public bool IsPersistent { get; set; }

    /// <summary>Where sessions are kept. Null, the default: in the cookie itself, encrypted, up to 4,096 bytes of it; nothing is kept on the server, and a session that was ended can be replayed until <see cref="MaxLifetime"/>.</summary>
    public ISessionStore? Store { get; set; }

    /// <summary>What cookies are encrypted with where <see cref="Store"/> is null. Null, the default: <see cref="CookieKeys.Shared"/>, which a restart passes on.</summary>
    public CookieKeys? Keys { get; set; }

    /// <summary>Bytes of one session in <see cref="Store"/>, keys and values; 64 KiB by default.</summary>
    public int MaxBytes { get; set; } = 64 * 1024;
}
