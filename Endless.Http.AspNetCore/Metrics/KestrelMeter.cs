using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Endless.Http.Connections;

namespace Endless.Http.AspNetCore.Metrics;

/// <summary>A server's connections by the names of Kestrel's instruments, with its units and tags, for dashboards that ask for them. Thread-safe.</summary>
/// <remarks>Not <c>kestrel.queued_connections</c> and <c>kestrel.queued_requests</c>: nothing is queued here.</remarks>
internal sealed class KestrelMeter : IConnectionWatch
{
    internal const string Name = "Microsoft.AspNetCore.Server.Kestrel";

    private static readonly Meter Meter = new(Name);
    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("kestrel.active_connections", "{connection}", "Connections that are open.");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("kestrel.connection.duration", "s", "How long connections were open.");
    private static readonly Counter<long> RejectedOnes = Meter.CreateCounter<long>("kestrel.rejected_connections", "{connection}", "Connections that were closed because there were as many as there may be.");
    private static readonly UpDownCounter<long> UpgradedOnes = Meter.CreateUpDownCounter<long>("kestrel.upgraded_connections", "{connection}", "HTTP/1.1 connections that were upgraded, as to WebSockets, and are open.");
    private static readonly Histogram<double> Handshakes = Meter.CreateHistogram<double>("kestrel.tls_handshake.duration", "s", "How long TLS handshakes took.");
    private static readonly UpDownCounter<long> ActiveHandshakes = Meter.CreateUpDownCounter<long>("kestrel.active_tls_handshakes", "{handshake}", "TLS handshakes under way.");

    private readonly ConcurrentDictionary<Connection, OpenConnection> _open = new();

    public void Began(Connection connection)
    {
        var open = new OpenConnection(Stopwatch.GetTimestamp(), TagsOf(connection));
        _open[connection] = open;
        Active.Add(1, open.Tags);
    }

    public void Rejected(Connection connection) => RejectedOnes.Add(1, TagsOf(connection));

    public void Upgraded(Connection connection)
    {
        if (!_open.TryGetValue(connection, out var open)) return;
        open.IsUpgraded = true;
        UpgradedOnes.Add(1, open.Tags);
    }

    public void Ended(Connection connection)
    {
        if (!_open.TryRemove(connection, out var open)) return;
        Active.Add(-1, open.Tags);
        if (open.IsUpgraded) UpgradedOnes.Add(-1, open.Tags);
        if (!Durations.Enabled) return;
        var tags = open.Tags;
        if (connection.Protocol is { } protocol)
        {
            tags.Add("network.protocol.name", "http");
            tags.Add("network.protocol.version", protocol == "HTTP/2.0" ? "2" : "1.1");
        }
        if (VersionOf(connection) is { } version) tags.Add("tls.protocol.version", version);
        Durations.Record(Stopwatch.GetElapsedTime(open.Since).TotalSeconds, tags);
    }

    public void HandshakeBegan(Connection connection) => ActiveHandshakes.Add(1, TagsOf(connection));

    public void HandshakeEnded(Connection connection, TimeSpan duration, bool succeeded)
    {
        var tags = TagsOf(connection);
        ActiveHandshakes.Add(-1, tags);
        if (VersionOf(connection) is { } version) tags.Add("tls.protocol.version", version);
        if (!succeeded) tags.Add("error.type", typeof(AuthenticationException).FullName);
        Handshakes.Record(duration.TotalSeconds, tags);
    }

    private static string? VersionOf(Connection connection) => connection.Tls?.Version switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };

    private static TagList TagsOf(Connection connection) => connection.LocalEndPoint switch
    {
        IPEndPoint local => new TagList
        {
            { "server.address", local.Address.ToString() },
            { "server.port", local.Port },
            { "network.type", local.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6" },
            { "network.transport", "tcp" },
        },
        { } local => new TagList { { "server.address", local.ToString() }, { "network.transport", "unix" } },
        null => default,
    };

    private sealed class OpenConnection(long since, TagList tags)
    {
        public long Since => since;

        public TagList Tags => tags;

        public bool IsUpgraded { get; set; }
    }
}
