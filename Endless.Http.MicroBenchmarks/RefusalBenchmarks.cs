using System.Text;
using BenchmarkDotNet.Attributes;
using Endless.Http.Http1;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.MicroBenchmarks;

/// <summary>A bad path value, from bytes to bytes through HTTP/1.1's engine: by an exception, from a handler that waits too, and without one.</summary>
[MemoryDiagnoser]
public class RefusalBenchmarks
{
    private const int Pipelined = 16;
    private const int Batches = 20;

    private static readonly byte[] Requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /items/x HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", Pipelined)));

    private readonly ProtocolContext _thrown = Context(mux => mux.Get("/items/{id}", (w, r) => w.Write($"{r.PathInt("id")}")));

    private readonly ProtocolContext _thrownLate = Context(mux => mux.Get("/items/{id}", async (w, r) =>
    {
        await Task.Yield();
        w.Write($"{r.PathInt("id")}");
    }));

    private readonly ProtocolContext _tried = Context(mux => mux.Get("/items/{id}", (w, r) =>
    {
        if (r.TryPathValue("id", out int id)) w.Write($"{id}");
        else w.Error("the id is no number", 400);
    }));

    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task Thrown() => ServeAsync(_thrown);

    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task ThrownLate() => ServeAsync(_thrownLate);

    [Benchmark(OperationsPerInvoke = Pipelined * Batches)]
    public Task Tried() => ServeAsync(_tried);

    private static Task ServeAsync(ProtocolContext context) => new Http1Connection(new ReplayConnection(Requests, Batches), context).ServeAsync().AsTask();

    private static ProtocolContext Context(Action<ServeMux> register)
    {
        var mux = new ServeMux();
        register(mux);
        return new() { Handler = new ScheduledHandler(mux), Logger = NullLogger.Instance };
    }
}
