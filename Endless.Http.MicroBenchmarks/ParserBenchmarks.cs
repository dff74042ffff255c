using System.Text;
using BenchmarkDotNet.Attributes;
using Endless.Http.Http1;
using Endless.Http.Semantics;

namespace Endless.Http.MicroBenchmarks;

/// <summary>A complete head into fields and framing.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private static readonly byte[] Short = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
    private static readonly byte[] Browser = Encoding.ASCII.GetBytes($"GET /articles/latest?page=2 HTTP/1.1\r\nHost: localhost:8080\r\n{string.Concat(Enumerable.Range(0, 19).Select(i => $"X-Browser-Field-{i}: a value of ordinary length {i}\r\n"))}\r\n");

    private readonly RequestHead _head = new(new ProtocolLimits(), new FieldLines(), isSecure: false);

    [Benchmark]
    public bool OneField() => _head.Parse(Short, Short.Length) is null;

    [Benchmark]
    public bool TwentyFields() => _head.Parse(Browser, Browser.Length) is null;
}
