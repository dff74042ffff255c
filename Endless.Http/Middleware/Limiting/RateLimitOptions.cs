using System.Threading.RateLimiting;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How many requests a client may make in a time. Read when the middleware is made.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests in a <see cref="Window"/>, in the long run. 100 by default.</summary>
    public int Permits { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 100;

    /// <summary>The time that <see cref="Permits"/> are for. A minute by default.</summary>
    public TimeSpan Window { get; set => field = Allowed.Seconds(value, 86_400); } = TimeSpan.FromMinutes(1);

    /// <summary>Requests that a client may make at once after it made none for a while. 0, the default, for as many as <see cref="Permits"/>.</summary>
    public int Burst { get; set => field = Allowed.ZeroOrMore(value); }

    /// <summary>Requests of one client that wait for their turn in place of being refused. 0 by default.</summary>
    public int Queue { get; set => field = Allowed.ZeroOrMore(value, 10_000); }

    /// <summary>Whom a request is put down to: a user, an API key. Null for a request that is not limited. By default the client's address.</summary>
    public Func<Request, string?>? Key { get; set; }

    /// <summary>How many clients are told apart at a time; those beyond that share 64 buckets. 10,000 by default.</summary>
    public int MaxPartitions { get; set => field = Allowed.OneOrMore(value, 10_000_000); } = 10_000;

    /// <summary>Every response says how much is left, in <c>RateLimit</c> and <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers).</summary>
    public bool SendFields { get; set; }

    /// <summary>
    /// A limiter of the program's own, in place of everything above: any rule, any partitions, whose number is then the program's to bound. Asked for one permit for each request, which it gets back when the handler has returned.
    /// The program disposes of it. Null by default.
    /// </summary>
    public PartitionedRateLimiter<Request>? Limiter { get; set; }
}
