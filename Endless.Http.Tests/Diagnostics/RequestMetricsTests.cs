using System.Diagnostics;
using Endless.Http.Metrics;

namespace Endless.Http.Tests.Diagnostics;

public class RequestMetricsTests
{
    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    [Fact]
    public void A_duration_counts_in_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        var series = new DurationHistogram(DurationBounds.Requests);
        foreach (var seconds in (double[])[0.001, 0.005, 0.006, 10, 11]) series.Record(Ticks(seconds));
        var buckets = series.Read(out var sum);
        Assert.Equal(2, buckets[0]);
        Assert.Equal(1, buckets[1]);
        Assert.Equal(1, buckets[^2]);
        Assert.Equal(1, buckets[^1]);
        Assert.Equal(21.012, sum, 6);
    }

    [Fact]
    public void No_request_of_many_threads_is_lost()
    {
        var metrics = new RequestMetrics();
        var labels = new RequestLabels("GET", "http", "HTTP/1.1", 200, "/");
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                metrics.Begin();
                metrics.End(labels, 1);
            }
        });
        Assert.Equal(80_000, Assert.Single(metrics.Series).Value.Read(out _).Sum());
        Assert.Equal(0, metrics.Active);
    }

    [Fact]
    public void Labels_without_end_are_counted_together()
    {
        var metrics = new RequestMetrics();
        for (var i = 0; i < 5_000; i++) metrics.End(new RequestLabels("GET", "http", "HTTP/1.1", 200, $"/{i}"), 1);
        Assert.InRange(metrics.Series.Count(), 1, 2_001);
        Assert.Equal(5_000, metrics.Series.Sum(series => series.Value.Read(out _).Sum()));
        Assert.Equal("_OTHER", RequestMetrics.MethodLabel("BREW"));
    }

    [Fact]
    public void Fine_buckets_are_published_as_those_that_OpenTelemetry_advises()
    {
        var histogram = new DurationHistogram(DurationBounds.Fine);
        foreach (var seconds in (double[])[0.000001, 0.0015, 0.005, 0.006, 11]) histogram.Record(Ticks(seconds));
        var published = DurationBounds.Publish(histogram.Read(out _));
        Assert.Equal(DurationBounds.Requests.Length + 1, published.Length);
        Assert.Equal((3, 1, 1), (published[0], published[1], published[^1]));
    }

    [Fact]
    public void A_percentile_lies_in_the_bucket_that_holds_it()
    {
        var histogram = new DurationHistogram(DurationBounds.Fine);
        for (var i = 0; i < 99; i++) histogram.Record(Ticks(0.00015));
        histogram.Record(Ticks(0.3));
        var counts = histogram.Read(out _);
        Assert.InRange(DurationBounds.Percentile(counts, 0.5)!.Value, 0.0001, 0.0002);
        Assert.InRange(DurationBounds.Percentile(counts, 0.999)!.Value, 0.25, 0.5);
        Assert.Null(DurationBounds.Percentile(new long[counts.Length], 0.5));
    }
}
