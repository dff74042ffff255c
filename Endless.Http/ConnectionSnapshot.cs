using System.Net;
using Endless.Http.Transport;

namespace Endless.Http;

/// <summary>An open connection of a server at one moment.</summary>
/// <param name="Id">Unique in this process, counted up from 1; as <see cref="ConnectionInfo.Id"/>.</param>
/// <param name="RemoteAddress">The client's address; null where it has none (an unnamed UNIX socket).</param>
/// <param name="State">New, Active or Idle.</param>
/// <param name="TimeInState">How long it has been in that state; exact to some milliseconds.</param>
/// <param name="Age">How long this process has had it: one that an earlier generation accepted is older.</param>
/// <param name="Requests">Requests answered on it, by earlier generations too.</param>
/// <param name="Protocol"><c>HTTP/1.1</c> or <c>HTTP/2.0</c>; null before its first bytes, or its TLS handshake, have told.</param>
/// <param name="IsTls">Whether it is under TLS.</param>
/// <param name="BytesReceived">Bytes received by this process, before decryption.</param>
/// <param name="BytesSent">Bytes sent by this process, after encryption.</param>
public sealed record ConnectionSnapshot(
    long Id, EndPoint? RemoteAddress, ConnState State, TimeSpan TimeInState, TimeSpan Age, long Requests, string? Protocol, bool IsTls, long BytesReceived, long BytesSent)
{
    internal static ConnectionSnapshot Of(Connection connection, bool isTls)
    {
        var now = Environment.TickCount64;
        return new(connection.Id, connection.RemoteEndPoint, connection.State, Since(connection.StateSince), Since(connection.AcceptedAt),
            connection.RequestsServed, connection.Protocol, isTls, connection.BytesReceived, connection.BytesSent);

        TimeSpan Since(long then) => TimeSpan.FromMilliseconds(Math.Max(0, now - then));
    }
}
