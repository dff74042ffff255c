using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http1;

/// <summary>
/// When what is missing of a connection's next request must have come, in milliseconds of <see cref="Environment.TickCount64"/>. The clock is looked at only
/// where a timeout needs it.
/// </summary>
/// <param name="timeouts">The server's.</param>
/// <param name="first">The deadline of the first head, which runs from the accept: whoever accepted the connection has set it, or left it unset.</param>
internal struct RequestDeadlines(ProtocolTimeouts timeouts, long first)
{
    private readonly long _first = first != Connection.NoDeadline ? first : After(Environment.TickCount64, timeouts.ReadHeader);
    private long _idleSince;
    private long _headSince;
    private long _drainSince;

    /// <summary>For the rest of a head that has begun.</summary>
    public long OfHead(bool isFirst)
    {
        if (isFirst) return _first;
        if (timeouts.ReadHeader < 0) return Connection.NoDeadline;
        if (_headSince == 0) _headSince = Environment.TickCount64;
        return _headSince + timeouts.ReadHeader;
    }

    /// <summary>For the first byte of a head. A request may be under way to a generation that leaves: only after the grace time may the connection end without having said so in a response.</summary>
    public long OfIdle(bool isFirst, bool isLeaving)
    {
        if (_idleSince == 0 && (isLeaving || timeouts.Idle >= 0)) _idleSince = Environment.TickCount64;
        var deadline = isFirst ? _first : After(_idleSince, timeouts.Idle);
        if (!isLeaving) return deadline;
        if (_drainSince == 0) _drainSince = Environment.TickCount64;
        return Math.Min(deadline, After(_drainSince, timeouts.DrainGrace));
    }

    /// <summary>For the whole of the body whose head is here.</summary>
    public readonly long OfBody(bool isFirst)
    {
        if (timeouts.Read < 0) return Connection.NoDeadline;
        if (isFirst && _first != Connection.NoDeadline) return _first - timeouts.ReadHeader + timeouts.Read;
        return (_headSince != 0 ? _headSince : Environment.TickCount64) + timeouts.Read;
    }

    /// <summary>A request has been answered: the next one has its own times.</summary>
    public void Reset() => _idleSince = _headSince = 0;

    private static long After(long start, long milliseconds) => milliseconds < 0 ? Connection.NoDeadline : start + milliseconds;
}
