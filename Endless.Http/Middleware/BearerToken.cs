namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Lets those in who give a token (<c>Authorization: Bearer</c>, RFC 6750); others are answered with 401, and a field that is no token with 400. A token in the query or in a form is not looked at: URLs get into logs.
    /// </summary>
    /// <param name="check">Who a token stands for: what <c>r.Values["user"]</c> is for the handlers behind; null if the token is not valid.</param>
    /// <param name="realm">What the token is for: visible ASCII and spaces.</param>
    /// <exception cref="ArgumentException">The realm has other characters.</exception>
    public static MiddlewareFunc BearerToken(Func<string, ValueTask<object?>> check, string realm = "restricted")
    {
        ArgumentNullException.ThrowIfNull(check);
        var scheme = new BearerScheme(check, realm);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new AuthenticationHandler(next, scheme);
        };
    }

    /// <summary>Lets in who gives one token, compared in constant time, its length included. The user is <c>bearer</c>.</summary>
    /// <param name="token">The token: letters, digits and <c>-._~+/=</c>, 32 or more that cannot be guessed.</param>
    /// <param name="realm">As for the other.</param>
    /// <exception cref="ArgumentException">The token can never be sent, or the realm has other characters.</exception>
    public static MiddlewareFunc BearerToken(string token, string realm = "restricted")
    {
        ArgumentNullException.ThrowIfNull(token);
        if (!BearerScheme.IsToken(token)) throw new ArgumentException("A token is letters, digits and -._~+/ with = at its end (RFC 6750 section 2.1).", nameof(token));
        var expected = new FixedSecret(token);
        return BearerToken(given => new ValueTask<object?>(expected.Is(given) ? "bearer" : null), realm);
    }
}
