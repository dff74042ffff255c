namespace Endless.Http;

/// <summary>What a server of this process has done since it started, and what it is doing. What generations before this one did is in the metrics (<see cref="MetricsHandler"/>).</summary>
/// <param name="New">Connections of which no byte has come yet.</param>
/// <param name="Active">Connections within a request.</param>
/// <param name="Idle">Connections that wait for another request.</param>
/// <param name="Accepted">Connections accepted.</param>
/// <param name="HandedOver">Connections that went on to the next generation, open.</param>
/// <param name="Dropped">Connections closed at hammer time.</param>
/// <param name="Requests">Requests answered.</param>
/// <param name="BytesReceived">Bytes received from clients.</param>
/// <param name="BytesSent">Bytes sent to clients.</param>
/// <param name="AcceptQueue">Connections in the kernel's queue, waiting to be accepted; null for a UNIX socket, of which the kernel does not say, and for a server that does not listen.</param>
public sealed record ServerStats(
    int New, int Active, int Idle, long Accepted, long HandedOver, long Dropped, long Requests, long BytesReceived, long BytesSent, int? AcceptQueue)
{
    /// <summary>Open connections. Hijacked ones do not count.</summary>
    public int Connections => New + Active + Idle;
}
