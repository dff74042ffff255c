using System.Threading.RateLimiting;

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
        var policy = new RatePolicy(options ?? new RateLimitOptions());
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new RateLimitHandler(next, policy);
        };
    }

    /// <summary>The same with a limiter of the program's own, which may have any rule and any partitions. How many partitions there can be is then the program's to bound. The program disposes of it.</summary>
    /// <param name="limiter">Asked for one permit for each request, and given it back when the handler has returned.</param>
    public static MiddlewareFunc RateLimit(PartitionedRateLimiter<Request> limiter)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new OwnLimiterHandler(next, limiter);
        };
    }
}
