namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Bounds how many requests a client makes in a time (a token bucket for each); more is answered with 429 and <c>Retry-After</c>. Clients are told apart by their address, those of IPv6 by its first 64 bits, which is what one
    /// customer of a provider has; behind a proxy put <see cref="ForwardedHeaders"/> before it.
    /// </summary>
    /// <remarks>Memory: an attacker with many addresses gets no more than <see cref="RateLimitOptions.MaxPartitions"/> buckets; whoever is beyond that shares a few.</remarks>
    /// <param name="options">How many; null for the defaults.</param>
    public static MiddlewareFunc RateLimit(RateLimitOptions? options = null)
    {
        options ??= new RateLimitOptions();
        if (options.Limiter is { } limiter) return next => new OwnLimiterHandler(next ?? throw new ArgumentNullException(nameof(next)), limiter);
        var policy = new RatePolicy(options);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new RateLimitHandler(next, policy);
        };
    }
}
