namespace Endless.Http.Restart;

/// <summary>What a server has counted since it began. Each figure only ever grows.</summary>
/// <param name="Accepted">Connections accepted.</param>
/// <param name="HandedOver">Connections that went on to the next generation, open.</param>
/// <param name="Dropped">Connections closed at hammer time.</param>
/// <param name="BytesReceived">Bytes received from clients.</param>
/// <param name="BytesSent">Bytes sent to clients.</param>
internal readonly record struct ServerCounters(long Accepted, long HandedOver, long Dropped, long BytesReceived, long BytesSent)
{
    public static ServerCounters operator +(ServerCounters a, ServerCounters b) => new(
        a.Accepted + b.Accepted, a.HandedOver + b.HandedOver, a.Dropped + b.Dropped, a.BytesReceived + b.BytesReceived, a.BytesSent + b.BytesSent);
}
