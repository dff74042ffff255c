using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How a <see cref="Hub{T}"/> treats its subscribers. Read when the hub is made.</summary>
public sealed class HubOptions
{
    /// <summary>Messages that may wait for one subscriber. 64 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1, or above 1,000,000.</exception>
    public int QueueLength { get; set => field = Allowed.OneOrMore(value, 1_000_000); } = 64;

    /// <summary>What becomes of a message that would be one more. <see cref="HubPolicy.DropOldest"/> unless set.</summary>
    public HubPolicy Policy { get; set => field = Allowed.Member(value); }

    /// <summary>Subscribers at once; one more is refused by <see cref="Hub{T}.Subscribe"/>. 100,000 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaxSubscribers { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 100_000;
}
