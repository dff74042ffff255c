namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Lets scripts of other origins read responses (CORS, the WHATWG's Fetch standard): answers preflights with 204, and says in other responses who may read them. An origin that is not allowed gets no field, and its
    /// request is served all the same: what the browser's user may do is not CORS's to say, see <see cref="CrossOriginProtection"/>. Before what asks who somebody is: a preflight has no credentials.
    /// </summary>
    /// <param name="options">Who may read what.</param>
    /// <exception cref="ArgumentException">An origin is none, or credentials go with a wildcard.</exception>
    public static MiddlewareFunc Cors(CorsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var policy = new CorsPolicy(options);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new CorsHandler(next, policy);
        };
    }
}
