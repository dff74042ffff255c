using System.Diagnostics;
using Endless.Http.Diagnostics;

namespace Endless.Http.Tests.Diagnostics;

public class RequestSeriesTests
{
    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    [Fact]
    public void A_duration_counts_in_the_first_bucket_whose_bound_it_does_not_exceed()
    {
        var series = new RequestSeries();
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
}
