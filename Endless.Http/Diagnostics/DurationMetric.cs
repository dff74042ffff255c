using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Endless.Http.Diagnostics;

/// <summary>Durations of something that happens now and then, for each set of attributes; also an instrument, where there is a meter. Thread-safe.</summary>
internal sealed class DurationMetric(string instrument, string help, double[] bounds)
{
    private readonly ConcurrentDictionary<string, DurationHistogram> _series = new();
    private Histogram<double>? _instrument;

    /// <summary>Records to a meter too, from now on.</summary>
    internal void Publish(Meter meter) =>
        _instrument = meter.CreateHistogram(instrument, "s", help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>Something has taken so long. The values of attributes must be few.</summary>
    internal void Record(TimeSpan duration, params ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        _series.GetOrAdd(MetricFamily.Labels(attributes), static (_, bounds) => new DurationHistogram(bounds), bounds)
            .Record((long)(duration.TotalSeconds * Stopwatch.Frequency));
        _instrument?.Record(duration.TotalSeconds, attributes);
    }

    /// <summary>What was recorded so far.</summary>
    internal MetricFamily Collect()
    {
        var family = new MetricFamily(instrument, MetricKind.Histogram, "s", help) { Bounds = bounds };
        foreach (var (labels, histogram) in _series)
        {
            var buckets = histogram.Read(out var seconds);
            family.Add(labels, [.. buckets.Select(count => (double)count), seconds]);
        }
        return family;
    }
}
