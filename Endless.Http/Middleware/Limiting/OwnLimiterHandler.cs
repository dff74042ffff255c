using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>Asks a limiter of the program's.</summary>
internal sealed class OwnLimiterHandler(IHandler next, PartitionedRateLimiter<Request> limiter) : IHandler
{
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        using var lease = await Permit.WaitAsync(limiter.AcquireAsync(r, 1, r.Cancellation), w, r).ConfigureAwait(false);
        if (lease is not null) await (lease.IsAcquired ? next.ServeHttpAsync(w, r) : Refusal.TooMany(w, lease)).ConfigureAwait(false);
    }
}
