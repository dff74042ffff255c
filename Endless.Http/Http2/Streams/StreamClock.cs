using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>When the streams of a connection are to be looked over for what has taken too long: <see cref="StreamDeadlines"/> does it. Guarded by the connection's gate.</summary>
internal sealed class StreamClock(ProtocolLimits limits)
{
    /// <summary>The rate at which a client must take a response while its windows are shut; null for none.</summary>
    public LeastRate? Rate => limits.LeastResponseRate;

    /// <summary>How often a stream is looked at while the client's windows are shut, in milliseconds.</summary>
    public long ShutCheckInterval { get; } = limits.LeastResponseRate is { } rate ? Math.Max(rate.Grace, 100) : Http2Limits.StallCheckInterval;

    /// <summary>When to look over the streams, while there are any; never later than their earliest deadline. In milliseconds of <see cref="Connection.Now"/>.</summary>
    public long Next { get; private set; } = Connection.NoDeadline;

    /// <summary>Something is to be looked at then.</summary>
    public void Note(long time) => Next = Math.Min(Next, time);

    /// <summary>Forgets what was noted.</summary>
    public void Clear() => Next = Connection.NoDeadline;
}
