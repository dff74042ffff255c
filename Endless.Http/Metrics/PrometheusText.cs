using System.Globalization;
using System.Text;

namespace Endless.Http.Metrics;

/// <summary>
/// Metrics as text: Prometheus's format 0.0.4, or OpenMetrics 1.0. Written here because the libraries there are bring ASP.NET's or a dependency injector's
/// assemblies, or keep the counters private, where no restart can hand them over.
/// </summary>
internal static class PrometheusText
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    internal const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    internal static string Write(IEnumerable<MetricFamily> families, bool openMetrics)
    {
        var text = new StringBuilder(4096);
        foreach (var family in families)
        {
            // OpenMetrics names a counter's family without the suffix that its sample has; the older format names both alike.
            var sample = family.Kind == MetricKind.Counter ? $"{family.Name}_total" : family.Name;
            var name = openMetrics ? family.Name : sample;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {family.Help}\n# TYPE {name} {family.Kind.ToString().ToLowerInvariant()}\n");
            foreach (var (labels, value) in family.Values) Sample(text, sample, labels, value);
            foreach (var (labels, distribution) in family.Distributions) Histogram(text, family.Name, family.Bounds, labels, distribution);
        }
        if (openMetrics) text.Append("# EOF\n");
        return text.ToString();
    }

    private static void Histogram(StringBuilder text, string name, double[] bounds, string labels, double[] distribution)
    {
        var separator = labels.Length > 0 ? "," : "";
        double count = 0;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += distribution[i];
            Sample(text, $"{name}_bucket", $"{labels}{separator}le=\"{(i < bounds.Length ? Bound(bounds[i]) : "+Inf")}\"", count);
        }
        Sample(text, $"{name}_sum", labels, distribution[^1]);
        Sample(text, $"{name}_count", labels, count);
    }

    /// <summary>OpenMetrics wants a bound to look like a floating-point number: <c>1.0</c>.</summary>
    private static string Bound(double bound) => bound.ToString("0.0##", CultureInfo.InvariantCulture);

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(CultureInfo.InvariantCulture, $" {value}\n");
    }
}
