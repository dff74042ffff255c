using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How events are sent. Read when a stream starts; one object may be shared by all, and is not changed then.</summary>
public sealed class ServerSentEventsOptions
{
    /// <summary>
    /// How often a comment is sent, whatever else is, so that nothing between server and client takes the stream for dead, and a client that is gone is noticed. 15 s unless set, as the HTML standard advises;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, or negative and not infinite.</exception>
    public TimeSpan KeepAlive { get; set => field = Allowed.ForTimer(Allowed.PositiveOrInfinite(value)); } = TimeSpan.FromSeconds(15);

    /// <summary>How long clients wait until they come back; null, the default, leaves it to them (browsers: 3 to 5 s). Many that come back at once after a restart are spread by different times.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or above 49 days.</exception>
    public TimeSpan? Retry { get; set => field = value is { } time ? Allowed.TimerTime(time) : null; }
}
