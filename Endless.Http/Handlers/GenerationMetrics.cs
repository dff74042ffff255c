using System.Globalization;
using Endless.Http.Diagnostics;
using Endless.Http.Restart;

namespace Endless.Http.Handlers;

/// <summary>Everything that is known of a generation, as metrics. What only grows includes the generations before it; what goes up and down is the sum of this one and those that still drain.</summary>
internal static class GenerationMetrics
{
    /// <summary>The metrics now.</summary>
    internal static List<MetricFamily> Collect(Generation generation)
    {
        var counters = generation.Counters;
        var (connections, active) = (generation.ConnectionStates, generation.Requests.Active);
        var byState = new MetricFamily("endless_connections", MetricKind.Gauge, "Open connections of the newest generation, by state.");
        foreach (var state in (ReadOnlySpan<ConnState>)[ConnState.New, ConnState.Active, ConnState.Idle])
            byState.With(MetricFamily.Label("state", state.ToString().ToLowerInvariant()), connections.GetValueOrDefault(state));
        var families = new List<MetricFamily>
        {
            MetricFamily.Single("endless_active_connections", MetricKind.Gauge, "Currently active connections, those of generations that still drain included.",
                connections.Values.Sum() + generation.DrainingConnections),
            byState,
            MetricFamily.Single("endless_connections_accepted", MetricKind.Counter, "Connections accepted.", counters.Accepted),
            MetricFamily.Single("endless_connections_dropped", MetricKind.Counter, "Connections closed at hammer time.", counters.Dropped),
            MetricFamily.Single("endless_connections_handed_over", MetricKind.Counter, "Connections that went on to the next generation, open.", counters.HandedOver),
            MetricFamily.Single("endless_generation", MetricKind.Gauge, "Which generation answers: 1 for a process that no restart started.", generation.Info.Number),
            MetricFamily.Single("endless_loop_stalls", MetricKind.Counter, "Event loops taken away from a handler that blocked.", generation.Loops.Rescues),
            new MetricFamily("endless_network_io_bytes", MetricKind.Counter, "Bytes on connections that have ended and on those that are open.")
                .With(MetricFamily.Label("direction", "receive"), counters.BytesReceived).With(MetricFamily.Label("direction", "transmit"), counters.BytesSent),
            Requests(generation.Requests),
            MetricFamily.Single("http_server_active_requests", MetricKind.Gauge, "Requests under way in the newest generation.", active),
        };
        CounterSnapshot.AddTo(families, generation.CountersFromPrevious.Span);
        // These two travel with the generation's number and are whole already.
        families.Add(MetricFamily.Single("endless_restart_failures", MetricKind.Counter, "Restarts that failed.", generation.Failures));
        families.Add(MetricFamily.Single("endless_restarts", MetricKind.Counter, "Total number of graceful restarts.", generation.TrustedRestarts));
        return families;
    }

    private static MetricFamily Requests(RequestMetrics metrics)
    {
        var family = new MetricFamily("http_server_request_duration_seconds", MetricKind.Histogram, "Duration of HTTP server requests.");
        foreach (var (labels, series) in metrics.Series)
        {
            var buckets = series.Read(out var seconds);
            family.Add(Labels(labels), [.. buckets.Select(count => (double)count), seconds]);
        }
        return family;
    }

    /// <summary>The attributes of OpenTelemetry's HTTP conventions, named as its Prometheus exporters name them.</summary>
    private static string Labels(in RequestLabels labels)
    {
        var route = labels.Pattern.IndexOf(' ') is >= 0 and var space ? labels.Pattern[(space + 1)..] : labels.Pattern;
        var version = labels.Protocol.StartsWith("HTTP/", StringComparison.Ordinal) ? labels.Protocol[5..] : labels.Protocol;
        var text = string.Join(',',
            MetricFamily.Label("http_request_method", labels.Method),
            MetricFamily.Label("http_response_status_code", labels.Status.ToString(CultureInfo.InvariantCulture)),
            MetricFamily.Label("network_protocol_version", version == "2.0" ? "2" : version),
            MetricFamily.Label("url_scheme", labels.Scheme));
        return route.Length > 0 ? $"{text},{MetricFamily.Label("http_route", route)}" : text;
    }
}
