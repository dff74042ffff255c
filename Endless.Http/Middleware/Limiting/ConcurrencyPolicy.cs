using System.Threading.RateLimiting;

namespace Endless.Http;

/// <summary>The counts of <see cref="ConcurrencyLimitOptions"/>.</summary>
internal sealed class ConcurrencyPolicy
{
    private readonly Func<Request, string>? _key;
    private readonly LimiterTable? _table;
    private readonly RateLimiter? _one;

    public ConcurrencyPolicy(ConcurrencyLimitOptions options)
    {
        var count = new ConcurrencyLimiterOptions { PermitLimit = options.Permits, QueueLimit = options.Queue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };
        _key = options.Key;
        if (_key is null) _one = new ConcurrencyLimiter(count);
        else _table = new LimiterTable(options.MaxPartitions, () => new ConcurrencyLimiter(count));
    }

    /// <summary>The count of a request.</summary>
    public RateLimiter Of(Request r) => _one ?? _table!.Of(ClientKey.Of(_key!(r)));
}
