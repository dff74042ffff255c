using Endless.Http.Generations;
using Endless.Http.Metrics;

namespace Endless.Http.Operations;

/// <summary>Everything that is known of a generation, as metrics. What only grows includes the generations before it; what goes up and down is the sum of this one and those that still drain.</summary>
internal static class GenerationMetrics
{
    private static readonly (string Instrument, MetricKind Kind, string Unit, string Help)[] Table =
    [
        ("endless.accept_queue", MetricKind.Gauge, "{connection}", "Connections in the kernel's queue, waiting to be accepted."),
        ("endless.active_connections", MetricKind.Gauge, "{connection}", "Currently active connections, those of generations that still drain included."),
        ("endless.connections", MetricKind.Gauge, "{connection}", "Open connections of the newest generation, by state."),
        ("endless.connections.accepted", MetricKind.Counter, "{connection}", "Connections accepted."),
        ("endless.connections.dropped", MetricKind.Counter, "{connection}", "Connections closed at hammer time."),
        ("endless.connections.handed_over", MetricKind.Counter, "{connection}", "Connections that went on to the next generation, open."),
        ("endless.connections.shed", MetricKind.Counter, "{connection}", "Connections that waited for a request and were closed to make room for new ones."),
        ("endless.connections.time", MetricKind.Counter, "s", "Time that connections have spent in each state, added up."),
        ("endless.generation", MetricKind.Gauge, "{generation}", "Which generation answers: 1 for a process that no restart started."),
        ("endless.limit.max", MetricKind.Gauge, "{item}", "The most that clients may make the process hold, by limit."),
        ("endless.limit.refused", MetricKind.Counter, "{refusal}", "What was refused, or had to wait, because a limit of the process was reached."),
        ("endless.limit.shed", MetricKind.Counter, "{connection}", "Connections that were ended because a limit of the process was reached and they held most for longest."),
        ("endless.limit.used", MetricKind.Gauge, "{item}", "What clients make the process hold, by limit."),
        ("endless.loop_stalls", MetricKind.Counter, "{stall}", "Event loops taken away from a handler that blocked."),
        ("endless.network.io", MetricKind.Counter, "By", "Bytes on connections that have ended and on those that are open."),
        ("endless.responses.abandoned", MetricKind.Counter, "{response}", "Responses given up because their client took them too slowly."),
        ("endless.restart_failures", MetricKind.Counter, "{restart}", "Restarts that failed."),
        ("endless.restarts", MetricKind.Counter, "{restart}", "Total number of graceful restarts."),
        ("endless.tls.certificate.expiry_timestamp", MetricKind.Gauge, "s", "When a certificate expires, in seconds of Unix time."),
        ("http.server.active_requests", MetricKind.Gauge, "{request}", "Requests under way in the newest generation."),
    ];

    /// <summary>What there is but for histograms, without values.</summary>
    internal static IEnumerable<MetricFamily> Describe() => Table.Select(row => new MetricFamily(row.Instrument, row.Kind, row.Unit, row.Help));

    /// <summary>The metrics now.</summary>
    internal static List<MetricFamily> Collect(Generation generation)
    {
        var counters = generation.Figures.Counters;
        var connections = generation.Figures.ConnectionStates;
        var families = Describe().ToList();
        MetricFamily Of(string instrument) => families.Find(family => family.Instrument == instrument)!;

        Of("endless.active_connections").With(connections.Values.Sum() + generation.Figures.DrainingConnections);
        Of("endless.connections")
            .With(connections.GetValueOrDefault(ConnectionState.New), State("new"))
            .With(connections.GetValueOrDefault(ConnectionState.Active), State("active"))
            .With(connections.GetValueOrDefault(ConnectionState.Idle), State("idle"));
        Of("endless.connections.accepted").With(counters.Accepted);
        Of("endless.connections.dropped").With(counters.Dropped);
        Of("endless.connections.handed_over").With(counters.HandedOver);
        Of("endless.connections.shed").With(counters.Shed);
        Of("endless.responses.abandoned").With(counters.Abandoned);
        Of("endless.connections.time")
            .With(counters.NewTime / 1000d, State("new"))
            .With(counters.ActiveTime / 1000d, State("active"))
            .With(counters.IdleTime / 1000d, State("idle"));
        Of("endless.generation").With(generation.Info.Number);
        foreach (var limit in ProcessLimit.All(generation))
        {
            var name = new KeyValuePair<string, object?>("limit", limit.Name);
            Of("endless.limit.max").With(limit.Max, name);
            Of("endless.limit.used").With(limit.Used, name);
            if (limit.Refused is { } refused) Of("endless.limit.refused").With(refused, name);
            if (limit.Shed is { } shed) Of("endless.limit.shed").With(shed, name);
        }
        Of("endless.loop_stalls").With(generation.Loops.Monitor.Rescues);
        Of("endless.network.io")
            .With(counters.BytesReceived, new KeyValuePair<string, object?>("direction", "receive"))
            .With(counters.BytesSent, new KeyValuePair<string, object?>("direction", "transmit"));
        Of("http.server.active_requests").With(generation.Figures.Requests.Active);
        foreach (var server in generation.Figures.Servers)
        {
            var address = new KeyValuePair<string, object?>("address", server.Address);
            if (server.Stats.AcceptQueue is { } length) Of("endless.accept_queue").With(length, address);
            foreach (var certificate in server.Certificates.DistinctBy(certificate => certificate.Subject))
                Of("endless.tls.certificate.expiry_timestamp").With(certificate.NotAfter.ToUnixTimeSeconds(), address, new KeyValuePair<string, object?>("subject", certificate.Subject));
        }
        families.AddRange([generation.Figures.ConnectionDurations.Collect(), generation.Figures.History.Durations.Collect(), generation.Figures.TlsHandshakes.Collect(), Requests(generation.Figures.Requests)]);
        CounterSnapshot.AddTo(families, generation.Figures.CountersFromPrevious);
        // Only now: these two travel with the generation's number and are whole already.
        Of("endless.restart_failures").Replace(generation.Failures);
        Of("endless.restarts").Replace(generation.Figures.TrustedRestarts);
        families.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return families;
    }

    private static KeyValuePair<string, object?> State(string state) => new("state", state);

    private static MetricFamily Requests(RequestMetrics metrics)
    {
        var family = new MetricFamily("http.server.request.duration", MetricKind.Histogram, "s", "Duration of HTTP server requests.") { Bounds = DurationBounds.Requests };
        var room = new KeyValuePair<string, object?>[RequestLabels.MaxAttributes];
        foreach (var (labels, series) in metrics.Series)
        {
            var buckets = DurationBounds.Publish(series.Read(out var seconds));
            family.Add(MetricFamily.Labels(labels.Write(room)), [.. buckets.Select(count => (double)count), seconds]);
        }
        return family;
    }
}
