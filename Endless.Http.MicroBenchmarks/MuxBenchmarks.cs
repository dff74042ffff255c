using BenchmarkDotNet.Attributes;
using Endless.Http.Testing;
using Endless.Http.Tests.Messages;

namespace Endless.Http.MicroBenchmarks;

/// <summary>From a request to its route's handler, among few routes and many.</summary>
[MemoryDiagnoser]
public class MuxBenchmarks
{
    private readonly ServeMux _mux = new();
    private readonly ResponseWriter _w = new ResponseRecorder(); // the handlers write nothing
    private readonly Request _literal = RequestFor("/literal");
    private readonly Request _parameters = RequestFor("/r7/alice/posts/4711");

    /// <summary>How many routes there are, but for one.</summary>
    [Params(10, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Register()
    {
        _mux.Handle("/literal", Nothing);
        Register(_mux, Routes);
    }

    [Benchmark]
    public Task Literal() => _mux.ServeHttpAsync(_w, _literal);

    [Benchmark]
    public Task TwoParameters() => _mux.ServeHttpAsync(_w, _parameters);

    /// <summary>Registers all of them, and has the first request make the tree.</summary>
    [Benchmark]
    public Task RegisterAll()
    {
        var mux = new ServeMux();
        Register(mux, Routes);
        return mux.ServeHttpAsync(_w, _parameters);
    }

    private static IHandler Nothing { get; } = Handler.From((_, _) => Task.CompletedTask);

    private static void Register(ServeMux mux, int count)
    {
        for (var i = 0; i < count; i++) mux.Handle($"GET /r{i}/{{user}}/posts/{{post}}", Nothing);
    }

    private static Request RequestFor(string target) => FakeExchange.Request(target);
}
