using System.Globalization;
using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>What is answered where there is no permit.</summary>
internal static class Refusal
{
    /// <summary>429: the client asks too often.</summary>
    public static Task TooMany(ResponseWriter w, RateLimitLease lease)
    {
        SetRetryAfter(w, lease);
        w.Error("Too Many Requests", 429);
        return Task.CompletedTask;
    }

    /// <summary>503: there are too many at once.</summary>
    public static Task Busy(ResponseWriter w, RateLimitLease lease)
    {
        SetRetryAfter(w, lease);
        w.Error("Service Unavailable", 503);
        return Task.CompletedTask;
    }

    private static void SetRetryAfter(ResponseWriter w, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? Math.Max((long)Math.Ceiling(time.TotalSeconds), 1) : 1;
        w.Header.Set("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
    }
}
