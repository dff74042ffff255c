using System.Globalization;
using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>The buckets of <see cref="RateLimitOptions"/>.</summary>
internal sealed class RatePolicy
{
    private readonly Func<Request, string?>? _key;
    private readonly LimiterTable _table;
    private readonly Timer? _timer; // where somebody may wait

    public RatePolicy(RateLimitOptions options)
    {
        _key = options.Key;
        // One token at a time, so that a client which waits gets on as soon as it can.
        var period = TimeSpan.FromTicks(Math.Max(options.Window.Ticks / options.Permits, 1));
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst > 0 ? options.Burst : options.Permits,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = period,
            QueueLimit = options.Queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            AutoReplenishment = false, // a timer for each client
        };
        _table = new LimiterTable(options.MaxPartitions, () => new TokenBucketRateLimiter(bucket));
        Queues = options.Queue > 0;
        if (Queues)
        {
            var pause = TimeSpan.FromMilliseconds(Math.Clamp(period.TotalMilliseconds, 20, 1000));
            _timer = new Timer(state => ((LimiterTable)state!).Replenish(), _table, pause, pause);
        }
        if (options.SendFields) Policy = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={options.Permits};w={Math.Max((long)options.Window.TotalSeconds, 1)}");
    }

    /// <summary>A request may wait.</summary>
    public bool Queues { get; }

    /// <summary>The value of RateLimit-Policy; null where it is not sent.</summary>
    public string? Policy { get; }

    /// <summary>The bucket of a request; null if it is not limited.</summary>
    public RateLimiter? Of(Request r)
    {
        RateLimiter limiter;
        if (_key is null) limiter = _table.Of(ClientKey.Of(r.RemoteEndPoint));
        else if (_key(r) is { } name) limiter = _table.Of(ClientKey.Of(name));
        else return null;
        ((ReplenishingRateLimiter)limiter).TryReplenish();
        return limiter;
    }
}
