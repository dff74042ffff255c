using Endless.Http.Metrics;

namespace Endless.Http.Tests.Diagnostics;

public class PrometheusTextTests
{
    private static List<MetricFamily> Families()
    {
        var durations = new MetricFamily("a", MetricKind.Histogram, "s", "Durations.") { Bounds = DurationBounds.Requests };
        durations.Add("x=\"1\"", [2, 1, .. new double[13], 0.5]);
        return [new MetricFamily("a.restarts", MetricKind.Counter, "{restart}", "Restarts.").With(3), new MetricFamily("a.generation", MetricKind.Gauge, "{generation}", "Generation.").With(4), durations];
    }

    [Fact]
    public void The_older_format_names_a_counter_as_its_sample()
    {
        var text = PrometheusText.Write(Families(), openMetrics: false);
        Assert.StartsWith("# HELP a_restarts_total Restarts.\n# TYPE a_restarts_total counter\na_restarts_total 3\n# HELP a_generation", text);
        Assert.DoesNotContain("# EOF", text);
    }

    [Fact]
    public void OpenMetrics_names_its_family_and_says_where_it_ends()
    {
        var text = PrometheusText.Write(Families(), openMetrics: true);
        Assert.StartsWith("# HELP a_restarts Restarts.\n# TYPE a_restarts counter\na_restarts_total 3\n", text);
        Assert.EndsWith("\n# EOF\n", text);
    }

    [Fact]
    public void Buckets_are_cumulative_and_end_with_infinity()
    {
        var text = PrometheusText.Write(Families(), openMetrics: true);
        Assert.Contains("a_seconds_bucket{x=\"1\",le=\"0.005\"} 2\na_seconds_bucket{x=\"1\",le=\"0.01\"} 3\n", text);
        Assert.Contains("a_seconds_bucket{x=\"1\",le=\"1.0\"} 3\n", text);
        Assert.Contains("a_seconds_bucket{x=\"1\",le=\"+Inf\"} 3\na_seconds_sum{x=\"1\"} 0.5\na_seconds_count{x=\"1\"} 3\n", text);
    }

    [Fact]
    public void A_label_cannot_leave_its_quotes() => Assert.Equal("a=\"\\\"\\\\\\n\"", MetricFamily.Labels(new KeyValuePair<string, object?>("a", "\"\\\n")));

    [Fact]
    public void A_snapshot_is_added_to_the_counters_and_not_to_the_gauges()
    {
        var families = Families();
        CounterSnapshot.AddTo(families, CounterSnapshot.Encode(Families()));
        Assert.Equal(6, families[0].Values[""]);
        Assert.Equal(4, families[1].Values[""]);
        Assert.Equal([4, 2, .. new double[13], 1], families[2].Distributions["x=\"1\""]);
    }

    [Fact]
    public void A_snapshot_that_is_cut_off_or_forged_harms_nobody()
    {
        var whole = CounterSnapshot.Encode(Families());
        for (var length = 0; length < whole.Length; length++) CounterSnapshot.AddTo(Families(), whole.AsMemory(0, length));
        CounterSnapshot.AddTo(Families(), new byte[] { 255, 255, 255, 127, 1, 2, 3 });
        CounterSnapshot.AddTo(Families(), new byte[] { 255, 255, 255, 255 });
    }
}
