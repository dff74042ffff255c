using System.Net;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>Where the server is in its life.</summary>
    public ServerState State => Life.State;

    /// <summary>What <see cref="Addr"/> is bound to, with the port the system chose for port 0; null before the server listens.</summary>
    public EndPoint? LocalEndPoint => Life.Endpoints[0].LocalEndPoint;

    /// <summary>What each of <see cref="Addresses"/> is bound to, in their order; empty before the server listens.</summary>
    public IReadOnlyList<EndPoint> LocalEndPoints => [.. Life.Endpoints.Select(static endpoint => endpoint.LocalEndPoint).OfType<EndPoint>()];

    /// <summary>The certificates that new connections get now, and when they expire; empty before the server listens, and without TLS.</summary>
    public IReadOnlyList<TlsCertificateInfo> Certificates => Life.Tls?.Certificates.Infos ?? [];

    /// <summary>The open connections now, oldest first; those that a handler took over are not among them. Made anew at each call: not for a hot path. Thread-safe.</summary>
    public IReadOnlyList<ConnectionSnapshot> Connections =>
        [.. Life.Connections.Open.OrderBy(static connection => connection.Id).Select(connection => ConnectionSnapshot.Of(connection, Life.Tls is not null))];

    /// <summary>What the server has done so far, and what it is doing. Made anew at each call: not for a hot path. Thread-safe.</summary>
    public ServerStats Stats
    {
        get
        {
            var states = Life.Member.States;
            var counters = Life.Member.Counters;
            return new()
            {
                New = states.GetValueOrDefault(ConnectionState.New),
                Active = states.GetValueOrDefault(ConnectionState.Active),
                Idle = states.GetValueOrDefault(ConnectionState.Idle),
                Accepted = counters.Accepted,
                HandedOver = counters.HandedOver,
                Dropped = counters.Dropped,
                Shed = counters.Shed,
                Abandoned = counters.Abandoned,
                Requests = counters.Requests,
                BytesReceived = counters.BytesReceived,
                BytesSent = counters.BytesSent,
                AcceptQueue = AcceptQueue,
            };
        }
    }

    /// <summary>Of all addresses whose queue the kernel tells; null if it is none's.</summary>
    private int? AcceptQueue
    {
        get
        {
            int? sum = null;
            foreach (var endpoint in Life.Endpoints)
                if (endpoint.QueueLength is { } length) sum = (sum ?? 0) + length;
            return sum;
        }
    }

    /// <summary>
    /// Loads every certificate from its files now, changed or not. False if one could not be loaded; the log says why, and its old one stays.
    /// Not needed after a change of the files: the server sees that. Any thread; without TLS it does nothing.
    /// </summary>
    public bool ReloadCertificates() => Life.Tls?.Certificates.Renew(force: true) ?? true;
}
