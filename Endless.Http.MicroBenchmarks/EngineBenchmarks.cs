using System.Text;
using BenchmarkDotNet.Attributes;
using Endless.Http.Http1;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.MicroBenchmarks;

/// <summary>A request through the whole of HTTP/1.1's engine, from bytes to bytes, without a socket: what is ours of a pipelined request.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Pipelined = 16;
    private const int Batches = 1_000;

    private static readonly byte[] Plaintext = Repeat("GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");

    private readonly ProtocolContext _direct = Context(Handler.From((w, _) => Answer(w)));

    private readonly ProtocolContext _waiting = Context(Handler.From(async (w, _) =>
    {
        await Task.Yield();
        Answer(w);
    }));

    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task PipelinedBy16() => ServeAsync(_direct);

    /// <summary>The same with a handler that waits, as one that asks a database does: what a suspended flow costs.</summary>
    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task PipelinedBy16Waiting() => ServeAsync(_waiting);

    private static Task ServeAsync(ProtocolContext context) => new Http1Connection(new ReplayConnection(Plaintext, Batches), context).ServeAsync().AsTask();

    private static ProtocolContext Context(IHandler handler) => new() { Handler = new ScheduledHandler(handler), Logger = NullLogger.Instance };

    private static void Answer(ResponseWriter w)
    {
        w.Header["Content-Type"] = "text/plain";
        w.Write("Hello, World!"u8);
    }

    private static byte[] Repeat(string request) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, Pipelined)));
}
