using System.Net.Sockets;

namespace Endless.Http.Proxying;

/// <summary>Where requests go, and how it does.</summary>
/// <param name="url">Scheme, host and port, and the path that comes before each request's.</param>
/// <param name="socket">The UNIX socket in place of the host; null for none.</param>
/// <param name="sender">Its connections.</param>
internal sealed class Destination(Uri url, UnixDomainSocketEndPoint? socket, HttpMessageInvoker sender)
{
    private int _underWay;
    private long _leftOutUntil;

    /// <summary>Scheme, host and port, and the path that comes before each request's.</summary>
    public Uri Url => url;

    /// <summary>The UNIX socket in place of the host; null for none.</summary>
    public UnixDomainSocketEndPoint? Socket => socket;

    /// <summary>Its connections.</summary>
    public HttpMessageInvoker Sender => sender;

    /// <summary>Requests under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>A request begins; <see cref="Leave"/> is owed.</summary>
    public void Enter() => Interlocked.Increment(ref _underWay);

    /// <summary>A request has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _underWay);

    /// <summary>It could not be connected to.</summary>
    /// <param name="until">Milliseconds, as of <see cref="Environment.TickCount64"/>.</param>
    public void LeaveOut(long until) => Volatile.Write(ref _leftOutUntil, until);

    /// <summary>It is better not asked now.</summary>
    /// <param name="now">As for <see cref="LeaveOut"/>.</param>
    public bool IsLeftOut(long now) => Volatile.Read(ref _leftOutUntil) > now;
}
