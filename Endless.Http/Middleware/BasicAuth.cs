namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Lets those in who give a name and a password (RFC 7617); others are answered with 401. The name is <c>r.Values["user"]</c> for the handlers behind. Over TLS only: the password comes with each request, in the clear. Slow
    /// down whoever tries passwords: put <see cref="RateLimit"/> before it.
    /// </summary>
    /// <param name="check">Whether a name and a password go together; compares with <see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/>, or has a password hash do it.</param>
    /// <param name="realm">What the password is for, shown to the user: visible ASCII and spaces.</param>
    /// <exception cref="ArgumentException">The realm has other characters.</exception>
    public static MiddlewareFunc BasicAuth(Func<string, string, ValueTask<bool>> check, string realm = "restricted")
    {
        ArgumentNullException.ThrowIfNull(check);
        var scheme = new BasicScheme(check, realm);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new AuthenticationHandler(next, scheme);
        };
    }

    /// <summary>Lets in who gives one name and one password. Both are compared in constant time, their length included.</summary>
    /// <param name="user">The name, without a colon.</param>
    /// <param name="password">The password.</param>
    /// <param name="realm">As for the other.</param>
    /// <inheritdoc cref="BasicAuth(Func{string, string, ValueTask{bool}}, string)" path="/exception"/>
    public static MiddlewareFunc BasicAuth(string user, string password, string realm = "restricted")
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(password);
        if (user.Contains(':')) throw new ArgumentException("The name of a user has no colon (RFC 7617 section 2).", nameof(user));
        var (expectedUser, expectedPassword) = (new FixedSecret(user), new FixedSecret(password));
        // Both, always: that the name is right is not to be seen by the time either.
        return BasicAuth((name, word) => new ValueTask<bool>(expectedUser.Is(name) & expectedPassword.Is(word)), realm);
    }
}
