using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Endless.Http.Metrics;

/// <summary>Durations of something that happens now and then, for each set of attributes; also an instrument, where there is a meter. Thread-safe.</summary>
internal sealed class DurationMetric(string instrument, string help, double[] bounds)
{
    private readonly Lock _lock = new();
    // A handful, replaced whole. Not a concurrent dictionary, whose assembly costs a start-up a third of a megabyte.
    private volatile Series[] _series = [];
    private volatile DurationInstrument? _instrument;

    /// <summary>Records to a meter too, from now on.</summary>
    internal void Publish(Meter meter) => _instrument = new DurationInstrument(meter, instrument, help, bounds);

    /// <summary>Something has taken so long. The values of attributes must be few.</summary>
    internal void Record(TimeSpan duration, params ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        Find(MetricFamily.Labels(attributes)).Record((long)(duration.TotalSeconds * Stopwatch.Frequency));
        _instrument?.Record(duration.TotalSeconds, attributes);
    }

    /// <summary>What was recorded so far.</summary>
    internal MetricFamily Collect()
    {
        var family = new MetricFamily(instrument, MetricKind.Histogram, "s", help) { Bounds = bounds };
        foreach (var series in _series)
        {
            var buckets = series.Durations.Read(out var seconds);
            family.Add(series.Labels, [.. buckets.Select(count => (double)count), seconds]);
        }
        return family;
    }

    private DurationHistogram Find(string labels)
    {
        if (Find(_series, labels) is { } found) return found;
        lock (_lock)
        {
            if (Find(_series, labels) is { } added) return added;
            var series = new Series(labels, new DurationHistogram(bounds));
            _series = [.. _series, series];
            return series.Durations;
        }
    }

    private static DurationHistogram? Find(Series[] all, string labels)
    {
        foreach (var series in all)
            if (series.Labels == labels) return series.Durations;
        return null;
    }

    private sealed record Series(string Labels, DurationHistogram Durations);
}
