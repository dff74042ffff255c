namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Refuses, with 403, requests that a page of another site makes a user's browser send (cross-site request forgery): no tokens in forms, no state. The rules of Go 1.25's <c>http.CrossOriginProtection</c>: GET, HEAD and OPTIONS are
    /// let through, so they must not change anything; others where <c>Sec-Fetch-Site</c> is <c>same-origin</c> or <c>none</c>, or, where that field is missing, where <c>Origin</c> is missing too or has the
    /// request's <see cref="Request.Host"/>. What is no browser sends neither.
    /// </summary>
    /// <param name="options">Who else is let through; null for nobody.</param>
    /// <exception cref="ArgumentException">An origin is none.</exception>
    public static MiddlewareFunc CrossOriginProtection(CrossOriginProtectionOptions? options = null)
    {
        var checker = new CrossOriginChecker(options ?? new CrossOriginProtectionOptions());
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return Handler.From((w, r) =>
            {
                if (!checker.IsForged(r)) return next.ServeHttpAsync(w, r);
                w.Error("cross-origin request refused", 403);
                return Task.CompletedTask;
            });
        };
    }
}
