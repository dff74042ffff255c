using BenchmarkDotNet.Attributes;
using Endless.Http.Metrics;

namespace Endless.Http.MicroBenchmarks;

/// <summary>What it costs to measure a request, but for reading the clock.</summary>
[MemoryDiagnoser]
public class MetricsBenchmarks
{
    private readonly RequestMetrics _metrics = new();
    private readonly RequestLabels _labels = new("GET", "http", "HTTP/1.1", 200, "GET /items/{id}");

    [Benchmark]
    public void Request()
    {
        _metrics.Begin();
        _metrics.End(_labels, ticks: 10_000);
    }
}
