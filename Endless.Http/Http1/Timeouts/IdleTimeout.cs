using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>How long a connection waits for the first byte of its next request (<see cref="EndlessServer.IdleTimeout"/>, Go's <c>IdleTimeout</c>), in milliseconds of <see cref="Connection.Now"/>. A mutable struct: a field of its owner.</summary>
/// <param name="connection">The connection.</param>
/// <param name="timeouts">The server's.</param>
internal struct IdleTimeout(Connection connection, ProtocolTimeouts timeouts)
{
    private long _since;
    private long _drainSince;

    /// <summary>
    /// When the connection ends if nothing comes. A request may be under way to a generation that leaves: only after the grace time may the connection end without having said so in a response.
    /// </summary>
    /// <param name="first">The deadline of the connection's first request, which has one of its own; null behind that.</param>
    /// <param name="isLeaving">This generation is leaving.</param>
    public long Deadline(long? first, bool isLeaving)
    {
        if (_since == 0 && (isLeaving || timeouts.Idle >= 0)) _since = connection.Now;
        var deadline = first ?? After(_since, timeouts.Idle);
        if (!isLeaving) return deadline;
        if (_drainSince == 0) _drainSince = connection.Now;
        return Math.Min(deadline, After(_drainSince, timeouts.DrainGrace));
    }

    /// <summary>The next wait has its own time.</summary>
    public void Reset() => _since = 0;

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;
}
