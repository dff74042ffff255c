namespace Endless.Http;

/// <summary>What a server of this process has done since it started, and what it is doing. What generations before this one did is in the metrics (<see cref="MetricsHandler"/>).</summary>
public sealed record ServerStats
{
    internal ServerStats()
    {
    }

    /// <summary>Connections of which no byte has come yet.</summary>
    public int New { get; internal init; }

    /// <summary>Connections within a request.</summary>
    public int Active { get; internal init; }

    /// <summary>Connections that wait for another request.</summary>
    public int Idle { get; internal init; }

    /// <summary>Open connections. Hijacked ones do not count.</summary>
    public int Connections => New + Active + Idle;

    /// <summary>Connections accepted.</summary>
    public long Accepted { get; internal init; }

    /// <summary>Open connections handed over to the next generation.</summary>
    public long HandedOver { get; internal init; }

    /// <summary>Connections closed at hammer time.</summary>
    public long Dropped { get; internal init; }

    /// <summary>Connections that waited for a request and were closed to make room for new ones.</summary>
    public long Shed { get; internal init; }

    /// <summary>Responses given up because their client took them too slowly (<see cref="EndlessServer.MinResponseRate"/>, <see cref="EndlessServer.WriteTimeout"/>).</summary>
    public long Abandoned { get; internal init; }

    /// <summary>Requests answered.</summary>
    public long Requests { get; internal init; }

    /// <summary>Bytes received from clients.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>Bytes sent to clients.</summary>
    public long BytesSent { get; internal init; }

    /// <summary>Connections in the kernel's queue, waiting to be accepted; null for a UNIX socket, of which the kernel does not say, and for a server that does not listen.</summary>
    public int? AcceptQueue { get; internal init; }
}
