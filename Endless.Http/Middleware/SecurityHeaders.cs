namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Sends fields that have browsers guard a site's users: no guessing of types, no foreign frames, no paths told to other sites, a browsing context of its own, and TLS from now on where the client came by it. A handler may
    /// set another value, or remove one. With a <see cref="SecurityHeadersOptions.ContentSecurityPolicy"/> that has <c>{nonce}</c>, each request has its own: <c>r.Values["csp-nonce"]</c>.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">A value can be no field's.</exception>
    public static MiddlewareFunc SecurityHeaders(SecurityHeadersOptions? options = null)
    {
        var fields = new SecurityFields(options ?? new SecurityHeadersOptions());
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return Handler.From((w, r) =>
            {
                fields.Set(w, r);
                return next.ServeHttpAsync(w, r);
            });
        };
    }
}
