using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>Asks a limiter of the program's.</summary>
internal sealed class OwnLimiterHandler(IHandler next, PartitionedRateLimiter<Request> limiter) : IHandler
{
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        RateLimitLease lease;
        try
        {
            lease = await limiter.AcquireAsync(r, 1, r.Cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (r.Cancellation.IsCancellationRequested)
        {
            w.Abort(); // the client is gone
            return;
        }
        using (lease) await (lease.IsAcquired ? next.ServeHttpAsync(w, r) : Refusal.TooMany(w, lease)).ConfigureAwait(false);
    }
}
