using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How many requests may be under way. Read when the middleware is made.</summary>
public sealed class ConcurrencyLimitOptions
{
    /// <summary>Requests at a time. 100 by default.</summary>
    public int Permits { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 100;

    /// <summary>Requests that wait beyond those, the oldest first. 0 by default.</summary>
    public int Queue { get; set => field = Allowed.ZeroOrMore(value); }

    /// <summary>Whose requests are counted together. By default all are.</summary>
    public Func<Request, string>? Key { get; set; }

    /// <summary>How many keys are told apart at a time; those beyond that share 64 counts. 10,000 by default.</summary>
    public int MaxPartitions { get; set => field = Allowed.OneOrMore(value, 10_000_000); } = 10_000;
}
