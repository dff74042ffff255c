using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>A permit that a request waits for.</summary>
internal static class Permit
{
    /// <summary>Waits for the answer of a limiter. Null if the client has gone meanwhile: its response is given up.</summary>
    /// <param name="acquiring">What the limiter was asked, with the request's cancellation.</param>
    /// <param name="w">The response.</param>
    /// <param name="r">The request.</param>
    public static async ValueTask<RateLimitLease?> WaitAsync(ValueTask<RateLimitLease> acquiring, ResponseWriter w, Request r)
    {
        try
        {
            return await acquiring.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (r.Cancellation.IsCancellationRequested)
        {
            w.Abort();
            return null;
        }
    }
}
