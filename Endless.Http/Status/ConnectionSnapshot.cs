using System.Net;
using Endless.Http.Connections;

namespace Endless.Http;

/// <summary>An open connection of a server at one moment.</summary>
public sealed record ConnectionSnapshot
{
    internal ConnectionSnapshot()
    {
    }

    /// <summary>Unique in this process, counted up from 1; as <see cref="ConnectionInfo.Id"/>.</summary>
    public long Id { get; internal init; }

    /// <summary>The client's address; null where it has none (an unnamed UNIX socket).</summary>
    public EndPoint? RemoteEndPoint { get; internal init; }

    /// <summary>New, Active or Idle.</summary>
    public ConnectionState State { get; internal init; }

    /// <summary>How long it has been in that state; exact to some milliseconds.</summary>
    public TimeSpan TimeInState { get; internal init; }

    /// <summary>How long this process has had it: one that an earlier generation accepted is older.</summary>
    public TimeSpan Age { get; internal init; }

    /// <summary>Requests answered on it, by earlier generations too.</summary>
    public long Requests { get; internal init; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2.0</c>; null before its first bytes, or its TLS handshake, have told.</summary>
    public string? Protocol { get; internal init; }

    /// <summary>Whether it is under TLS.</summary>
    public bool IsTls { get; internal init; }

    /// <summary>Bytes received by this process, before decryption.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>Bytes sent by this process, after encryption.</summary>
    public long BytesSent { get; internal init; }

    internal static ConnectionSnapshot Of(Connection connection, bool isTls)
    {
        var now = Environment.TickCount64;
        return new()
        {
            Id = connection.Id,
            RemoteEndPoint = connection.RemoteEndPoint,
            State = connection.State,
            TimeInState = Since(connection.StateSince),
            Age = Since(connection.AcceptedAt),
            Requests = connection.RequestsServed,
            Protocol = connection.Protocol,
            IsTls = isTls,
            BytesReceived = connection.BytesReceived,
            BytesSent = connection.BytesSent,
        };

        TimeSpan Since(long then) => TimeSpan.FromMilliseconds(Math.Max(0, now - then));
    }
}
