using BenchmarkDotNet.Attributes;
using Endless.Http.Tests.Messages;

namespace Endless.Http.MicroBenchmarks;

/// <summary>From a request to its route's handler, among a hundred routes.</summary>
[MemoryDiagnoser]
public class MuxBenchmarks
{
    private readonly ServeMux _mux = new();
    private readonly Request _literal = RequestFor("/literal");
    private readonly Request _parameters = RequestFor("/r57/alice/posts/4711");

    [GlobalSetup]
    public void Register()
    {
        var handler = Handler.From((_, _) => Task.CompletedTask);
        _mux.Handle("/literal", handler);
        for (var i = 0; i < 100; i++) _mux.Handle($"GET /r{i}/{{user}}/posts/{{post}}", handler);
    }

    // The handlers write nothing, so there need be nothing to write to.
    [Benchmark]
    public Task Literal() => _mux.ServeHttpAsync(null!, _literal);

    [Benchmark]
    public Task TwoParameters() => _mux.ServeHttpAsync(null!, _parameters);

    private static Request RequestFor(string target) => FakeExchange.Request(target);
}
