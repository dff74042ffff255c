namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Bounds how many requests are in the handlers behind at a time, all together or for each key; more wait in a queue of bounded length, and beyond that are answered with 503 and <c>Retry-After</c>. For what is scarce behind a
    /// handler: connections of a database, processors.
    /// </summary>
    /// <param name="options">How many.</param>
    public static MiddlewareFunc ConcurrencyLimit(ConcurrencyLimitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var policy = new ConcurrencyPolicy(options);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new ConcurrencyLimitHandler(next, policy);
        };
    }
}
