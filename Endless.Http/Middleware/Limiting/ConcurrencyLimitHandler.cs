using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>Holds a permit while a handler runs.</summary>
internal sealed class ConcurrencyLimitHandler(IHandler next, ConcurrencyPolicy policy) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var limiter = policy.Of(r);
        var lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired) return WaitAsync(w, r, limiter);
        Task serving;
        try
        {
            serving = next.ServeHttpAsync(w, r);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
        if (serving is not { IsCompleted: false }) lease.Dispose();
        else serving = AwaitAsync(serving, lease);
        return serving!;
    }

    private async Task WaitAsync(ResponseWriter w, Request r, RateLimiter limiter)
    {
        using var lease = await Permit.WaitAsync(limiter.AcquireAsync(1, r.Cancellation), w, r).ConfigureAwait(false);
        if (lease is not null) await (lease.IsAcquired ? next.ServeHttpAsync(w, r) : Refusal.Busy(w, lease)).ConfigureAwait(false);
    }

    private static async Task AwaitAsync(Task serving, RateLimitLease lease)
    {
        using (lease) await serving.ConfigureAwait(false);
    }
}
