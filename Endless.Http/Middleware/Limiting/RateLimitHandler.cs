using System.Globalization;
using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>Takes a token for each request, or refuses it.</summary>
internal sealed class RateLimitHandler(IHandler next, RatePolicy policy) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        if (policy.Of(r) is not { } limiter) return next.ServeHttpAsync(w, r);
        using var lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired && policy.Queues) return WaitAsync(w, r, limiter);
        return Go(w, r, limiter, lease);
    }

    private async Task WaitAsync(ResponseWriter w, Request r, RateLimiter limiter)
    {
        using var lease = await Permit.WaitAsync(limiter.AcquireAsync(1, r.Cancellation), w, r).ConfigureAwait(false);
        if (lease is not null) await Go(w, r, limiter, lease).ConfigureAwait(false);
    }

    private Task Go(ResponseWriter w, Request r, RateLimiter limiter, RateLimitLease lease)
    {
        if (policy.Policy is { } text)
        {
            w.Header.Set("RateLimit-Policy", text);
            w.Header.Set("RateLimit", string.Create(CultureInfo.InvariantCulture, $"\"default\";r={Math.Max(limiter.GetStatistics()?.CurrentAvailablePermits ?? 0, 0)}"));
        }
        return lease.IsAcquired ? next.ServeHttpAsync(w, r) : Refusal.TooMany(w, lease);
    }
}
