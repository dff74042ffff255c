using System.Net;

namespace Endless.Http;

/// <summary>Which client connection an event is about.</summary>
public readonly struct ConnectionInfo
{
    internal ConnectionInfo(long id, EndPoint? remote)
    {
        Id = id;
        RemoteEndPoint = remote;
    }

    /// <summary>Unique in this process, counted up from 1.</summary>
    public long Id { get; }

    /// <summary>The client's address; null where it has none (an unnamed UNIX socket).</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The connection as a log names it: <c>#17 127.0.0.1:51230</c>.</summary>
    public override string ToString() => $"#{Id} {RemoteEndPoint?.ToString() ?? "-"}";
}
