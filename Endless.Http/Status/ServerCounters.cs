namespace Endless.Http.Status;

/// <summary>What a server has counted since it began. Each figure only ever grows.</summary>
/// <param name="Accepted">Connections accepted.</param>
/// <param name="HandedOver">Open connections handed over to the next generation.</param>
/// <param name="Dropped">Connections closed at hammer time.</param>
/// <param name="Shed">Connections that waited for a request and were closed to make room for new ones.</param>
/// <param name="Abandoned">Responses given up because their client took them too slowly.</param>
/// <param name="BytesReceived">Bytes received from clients.</param>
/// <param name="BytesSent">Bytes sent to clients.</param>
/// <param name="Requests">Requests answered.</param>
/// <param name="NewTime">Milliseconds that connections have waited for their first byte, added up.</param>
/// <param name="ActiveTime">Milliseconds that connections have been within a request, added up.</param>
/// <param name="IdleTime">Milliseconds that connections have waited for another request, added up.</param>
internal readonly record struct ServerCounters(
    long Accepted = 0, long HandedOver = 0, long Dropped = 0, long Shed = 0, long Abandoned = 0, long BytesReceived = 0, long BytesSent = 0, long Requests = 0, long NewTime = 0, long ActiveTime = 0, long IdleTime = 0)
{
    public static ServerCounters operator +(ServerCounters a, ServerCounters b) => new(
        a.Accepted + b.Accepted, a.HandedOver + b.HandedOver, a.Dropped + b.Dropped, a.Shed + b.Shed, a.Abandoned + b.Abandoned, a.BytesReceived + b.BytesReceived, a.BytesSent + b.BytesSent,
        a.Requests + b.Requests, a.NewTime + b.NewTime, a.ActiveTime + b.ActiveTime, a.IdleTime + b.IdleTime);
}
