using System.Text;
using BenchmarkDotNet.Attributes;
using Endless.Http.Handlers;
using Endless.Http.Http1;
using Endless.Http.Protocols;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.MicroBenchmarks;

/// <summary>A request through the whole of HTTP/1.1's engine, from bytes to bytes, without a socket: what is ours of a pipelined request.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Pipelined = 16;
    private const int Batches = 1_000;

    private static readonly byte[] Plaintext = Repeat("GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");

    private readonly ProtocolContext _context = new()
    {
        Handler = new ScheduledHandler(Handler.From((w, _) =>
        {
            w.Header["Content-Type"] = "text/plain";
            w.Write("Hello, World!"u8);
        })),
        Logger = NullLogger.Instance,
    };

    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task PipelinedBy16() => new Http1Connection(new ReplayConnection(Plaintext, Batches), _context).ServeAsync().AsTask();

    private static byte[] Repeat(string request) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, Pipelined)));
}
