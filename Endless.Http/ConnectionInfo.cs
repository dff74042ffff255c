using System.Net;

namespace Endless.Http;

/// <summary>Which client connection an event is about.</summary>
public readonly struct ConnectionInfo
{
    internal ConnectionInfo(long id, EndPoint? local, EndPoint? remote)
    {
        Id = id;
        LocalAddress = local;
        RemoteAddress = remote;
    }

    /// <summary>Unique in this process, counted up from 1.</summary>
    public long Id { get; }

    /// <summary>The server's address of the connection.</summary>
    public EndPoint? LocalAddress { get; }

    /// <summary>The client's address; null where it has none (an unnamed UNIX socket).</summary>
    public EndPoint? RemoteAddress { get; }

    /// <summary>The connection as the log names it: <c>#17 127.0.0.1:51230</c>.</summary>
    public override string ToString() => $"#{Id} {RemoteAddress?.ToString() ?? "-"}";
}
