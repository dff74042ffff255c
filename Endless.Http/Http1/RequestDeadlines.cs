using Endless.Http.Connections;
using Endless.Http.Semantics;


namespace Endless.Http.Http1;

/// <summary>
/// When what is missing of a connection's next request must have come, in milliseconds of <see cref="Connection.Now"/>. The clock is looked at only
/// where a timeout needs it.
/// </summary>
/// <param name="connection">The connection. The deadline of the first head runs from the accept: whoever accepted it has set it, or left it unset.</param>
/// <param name="timeouts">The server's.</param>
internal struct RequestDeadlines(Connection connection, ProtocolTimeouts timeouts)
{
    private readonly long _first = connection.ReadDeadline is var first && first != Connection.NoDeadline ? first : After(connection.Now, timeouts.ReadHeader);
    private long _idleSince;
    private long _headSince;
    private long _drainSince;

    /// <summary>For the rest of a head that has begun.</summary>
    public long OfHead(bool isFirst)
    {
        if (isFirst) return _first;
        if (timeouts.ReadHeader < 0) return Connection.NoDeadline;
        if (_headSince == 0) _headSince = connection.Now;
        return _headSince + timeouts.ReadHeader;
    }

    /// <summary>For the first byte of a head. A request may be under way to a generation that leaves: only after the grace time may the connection end without having said so in a response.</summary>
    public long OfIdle(bool isFirst, bool isLeaving)
    {
        if (_idleSince == 0 && (isLeaving || timeouts.Idle >= 0)) _idleSince = connection.Now;
        var deadline = isFirst ? _first : After(_idleSince, timeouts.Idle);
        if (!isLeaving) return deadline;
        if (_drainSince == 0) _drainSince = connection.Now;
        return Math.Min(deadline, After(_drainSince, timeouts.DrainGrace));
    }

    /// <summary>For the whole of the body whose head is here.</summary>
    public readonly long OfBody(bool isFirst)
    {
        if (timeouts.Read < 0) return Connection.NoDeadline;
        if (isFirst && _first != Connection.NoDeadline) return _first - timeouts.ReadHeader + timeouts.Read;
        return (_headSince != 0 ? _headSince : connection.Now) + timeouts.Read;
    }

    /// <summary>A request has been answered: the next one has its own times.</summary>
    public void Reset() => _idleSince = _headSince = 0;

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;
}
