using System.Net;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that are clients themselves: of another server, and of their own.</summary>
internal sealed class RelayPrograms(Storm storm) : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { SslOptions = TlsFixture.ClientOptions(), UseCookies = false });
    private readonly ServerFixture _other = new("127.0.0.1:0", Handler.From(async (w, r) =>
    {
        w.Header.Set("X-Other", r.Header["X-Id"] ?? "");
        await r.BodyStream.CopyToAsync(w.BodyWriter.AsStream());
    }));

    public IEnumerable<StormProgram> All =>
    [
        new("relay", RelayAsync) { ReadsAll = true, MaxBody = 100_000, Check = StormProgram.Echo },
        new("recurse", RecurseAsync) { Weight = 5, MaxBody = 2_000 },
    ];

    public Task StartAsync() => _other.StartAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _other.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The body goes on to another server as it comes, and its answer comes back as it comes.</summary>
    private async Task RelayAsync(ResponseWriter w, Request r, Visit visit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{((IPEndPoint)_other.Server.LocalEndPoint!).Port}/")
        {
            Content = new StreamContent(r.BodyStream),
            Version = visit.Next(2) == 0 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("X-Id", $"{visit.Id}");
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.Headers.GetValues("X-Other").Single() is var other && other != $"{visit.Id}") visit.Fault($"the other server answers {other}");
        if (visit.Next(2) == 0) await response.Content.CopyToAsync(w.BodyWriter.AsStream());
        else await Replies.SendAsync(w, visit, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Asks its own server, within a request, for another program.</summary>
    private async Task RecurseAsync(ResponseWriter w, Request r, Visit visit)
    {
        var random = new Random(visit.Next(int.MaxValue));
        var protocol = (StormProtocol)random.Next(5);
        var inner = storm.Begin(protocol, random, program => !program.MayClose && program.Name != "recurse");
        storm.Finish(inner, await HttpClientStormClient.SendAsync(_client, storm, inner));
        await w.WriteAsync(visit.Answer);
    }
}
