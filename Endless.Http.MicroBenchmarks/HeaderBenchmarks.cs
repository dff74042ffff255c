using BenchmarkDotNet.Attributes;

namespace Endless.Http.MicroBenchmarks;

/// <summary>The header map as a handler uses it.</summary>
[MemoryDiagnoser]
public class HeaderBenchmarks
{
    private readonly Header _header = [];
    private readonly Header _twenty = [];

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < 20; i++) _twenty[$"X-Field-{i}"] = "value";
    }

    [Benchmark]
    public int SetTwo()
    {
        _header.Clear();
        _header["Content-Type"] = "text/plain";
        _header["Cache-Control"] = "no-store";
        return _header.Count;
    }

    [Benchmark]
    public string? GetTheLastOfTwenty() => _twenty["x-field-19"];

    [Benchmark]
    public string? GetNoneOfTwenty() => _twenty["Authorization"];
}
