using Endless.Http.Load;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Programs;

/// <summary>A server of one handler at the route <c>/program/{id}</c>, and strict clients for it.</summary>
internal sealed class ProgramFixture : IAsyncDisposable
{
    private static readonly StormProgram Program = new("program", (_, _, _) => Task.CompletedTask);

    private readonly ServerFixture _server;
    private readonly StormProtocol _protocol;
    private readonly List<ProgramClient> _clients = [];
    private long _lastId = 1_000_000_000;

    private ProgramFixture(ServerFixture server, StormProtocol protocol) => (_server, _protocol) = (server, protocol);

    public EndlessServer Server => _server.Server;

    public static async Task<ProgramFixture> StartAsync(string protocol, AsyncHandlerFunc handler, Action<EndlessServer>? configure = null)
    {
        var mux = new ServeMux();
        mux.HandleFunc("/program/{id}", handler);
        var fixture = new ProgramFixture(new ServerFixture("127.0.0.1:0", mux), Enum.Parse<StormProtocol>(protocol));
        configure?.Invoke(fixture.Server);
        if (!fixture._protocol.IsTls())
        {
            await fixture._server.StartAsync();
            return fixture;
        }
        fixture.Server.TlsOptions.Certificate = TlsCertificate.From(TlsFixture.Authority.Issue("localhost"));
        await fixture._server.StartAsync(fixture.Server.ListenAndServeTLSAsync());
        return fixture;
    }

    /// <summary>A request with so many bytes of body.</summary>
    public Visit Visit(int length = 0) => new(Interlocked.Increment(ref _lastId), Program, _protocol, seed: 1, length, answerLength: 0);

    public async Task<ProgramClient> ConnectAsync()
    {
        var client = new ProgramClient(await StormConnection.ConnectAsync(Server.LocalEndPoint!, _protocol), _protocol);
        _clients.Add(client);
        return client;
    }

    /// <summary>A line that tells of something wrong names the request by method, path and route.</summary>
    public async Task AssertLoggedAsync(Visit visit)
    {
        await _server.Log.WaitForAsync($"{visit.Method} {visit.Path}");
        Assert.Contains(_server.Log.Entries, entry => entry.Level > LogLevel.Information && new LogLine(entry.Level, 0, entry.Message, entry.Exception).Names(visit));
    }

    /// <summary>The call was refused, and the exception says for which request.</summary>
    public static async Task AssertRefusedAsync(Visit visit, Task call)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => call.WaitAsync(Deadline.Default));
        Assert.Contains(visit.Method, exception.Message, StringComparison.Ordinal);
        Assert.Contains(visit.Path, exception.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        _server.Dispose();
    }
}
