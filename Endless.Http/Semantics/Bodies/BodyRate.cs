using Endless.Http.Connections;

namespace Endless.Http.Semantics;

/// <summary>
/// The least rate at which a request's body must arrive (<see cref="EndlessServer.MinRequestBodyRate"/>), against clients that hold a handler by sending a byte now and then (slowloris). What is slower is
/// answered with 408 (RFC 9110 section 15.5.9). A mutable struct: a field of its body.
/// </summary>
/// <remarks>
/// Only time in which a read waits counts: what the handler takes to ask is not the client's. A body may make its reads wait for as long as its bytes so far take at the least rate, and never for less than
/// <see cref="EndlessServer.MinRequestBodyRateGrace"/>. The reading flow says when it waits; any thread may look, and may see a change one look late.
/// </remarks>
internal struct BodyRate()
{
    private const long NotWaiting = -1;
    private const int Servers = -1;

    private long _waited; // by reads that are done
    private long _waitingSince = NotWaiting;
    private int _bytesPerSecond = Servers;
    private int _grace;

    /// <summary>This body is held to a rate of its own, in the place of the server's.</summary>
    /// <param name="bytesPerSecond">0 for none.</param>
    /// <param name="grace">Milliseconds.</param>
    public void Set(int bytesPerSecond, int grace)
    {
        _grace = grace;
        Volatile.Write(ref _bytesPerSecond, bytesPerSecond);
    }

    /// <summary>A read begins to wait.</summary>
    /// <param name="now">Milliseconds, as of <see cref="Connection.Now"/>.</param>
    public void BeginWait(long now) => Volatile.Write(ref _waitingSince, now);

    /// <summary>The read has waited.</summary>
    /// <inheritdoc cref="BeginWait"/>
    public void EndWait(long now)
    {
        var waited = Math.Max(now - _waitingSince, 0);
        Volatile.Write(ref _waitingSince, NotWaiting);
        Volatile.Write(ref _waited, _waited + waited);
    }

    /// <summary>When the body is too slow, if nothing more of it comes; <see cref="Connection.NoDeadline"/> while no read waits, and where there is no least rate.</summary>
    /// <param name="received">Bytes of the body so far.</param>
    /// <param name="limits">The server's.</param>
    public readonly long Deadline(long received, ProtocolLimits limits)
    {
        var own = Volatile.Read(in _bytesPerSecond);
        var (least, grace) = own == Servers ? (limits.MinBodyBytesPerSecond, limits.MinBodyRateGrace) : (own, _grace);
        if (least <= 0 || Volatile.Read(in _waitingSince) is var since && since == NotWaiting) return Connection.NoDeadline;
        var allowed = Math.Max(grace, received * 1000 / least);
        return since + allowed - Volatile.Read(in _waited);
    }
}
