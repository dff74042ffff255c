using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Endless.Http.Generations;
using Endless.Http.Tests.Restart;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Handlers;

public sealed class StatusHandlerTests : IDisposable
{
    private readonly Generation _generation = new(new FakeHost(), TimeSpan.FromSeconds(1));
    private readonly HttpClient _client = new();
    private readonly ServerFixture _fixture;
    private readonly StatusHandler _handler;

    public StatusHandlerTests()
    {
        _handler = new StatusHandler(_generation) { Allow = Access.Local };
        _fixture = new ServerFixture("127.0.0.1:0", _handler, _generation);
    }

    public void Dispose()
    {
        _client.Dispose();
        _fixture.Dispose();
    }

    private string Url => $"http://{_fixture.Server.LocalEndPoint}/anywhere";

    private async Task<HttpResponseMessage> GetAsync(string? accept = null, string? host = null, string? forwarded = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Url + query);
        if (accept != null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (forwarded != null) request.Headers.TryAddWithoutValidation(forwarded, "for=192.0.2.1");
        request.Headers.Host = host;
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task The_page_is_whole_in_itself()
    {
        await _fixture.StartAsync();
        using var response = await GetAsync("text/html,application/xhtml+xml");
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        var page = await response.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("(src|href)=\"(http|/)", page); // nothing is fetched but its own data
    }

    [Theory]
    [InlineData("application/json", "")]
    [InlineData("*/*", "?json")]
    public async Task The_data_is_there_as_JSON(string accept, string query)
    {
        await _fixture.StartAsync();
        using var response = await GetAsync(accept, query: query);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(1, json.GetProperty("generation").GetInt32());
        Assert.Equal("serving", json.GetProperty("state").GetString());
        Assert.Equal(1, json.GetProperty("connections").GetProperty("active").GetInt32());
        Assert.Equal(1, json.GetProperty("requests").GetProperty("active").GetInt32());
        Assert.Equal($"{_fixture.Server.LocalEndPoint}", json.GetProperty("servers")[0].GetProperty("address").GetString());
        Assert.Equal(Environment.ProcessorCount, json.GetProperty("loops").GetArrayLength());
        Assert.Equal(0, json.GetProperty("restarts").GetArrayLength());
        var generation = Assert.Single(json.GetProperty("generations").EnumerateArray());
        Assert.True(generation.GetProperty("ready").GetInt64() >= generation.GetProperty("started").GetInt64());
        Assert.Equal(JsonValueKind.Null, generation.GetProperty("left").ValueKind);
    }

    [Fact]
    public async Task Events_come_until_the_server_leaves()
    {
        await _fixture.StartAsync();
        using var response = await GetAsync("text/event-stream");
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = 0;
        while (seen < 2)
            if ((await events.ReadLineAsync().WaitAsync(ServerFixture.Deadline))!.StartsWith("data: {", StringComparison.Ordinal)) seen++;
        var shutdown = _fixture.Server.ShutdownAsync();
        await events.ReadToEndAsync().WaitAsync(ServerFixture.Deadline); // a proper end, not a reset
        await shutdown.WaitAsync(ServerFixture.Deadline);
        Assert.All(_generation.Figures.Requests.Durations(), count => Assert.Equal(0, count)); // as long as its reader stayed: no latency of the server's
    }

    [Theory]
    [InlineData(null, "Forwarded")]
    [InlineData(null, "X-Forwarded-For")]
    [InlineData(null, "Via")]
    [InlineData("status.example.com", null)] // a name that somebody made lead here
    public async Task Who_comes_from_outside_is_told_so(string? host, string? forwarded)
    {
        await _fixture.StartAsync();
        using var response = await GetAsync("application/json", host, forwarded);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.StartsWith("The status page is not for everybody: ", await response.Content.ReadAsStringAsync());
        using var local = await GetAsync("application/json", "localhost:8080");
        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
    }

    [Fact]
    public async Task Others_may_be_allowed()
    {
        _handler.Allow = r => r.Header["Authorization"] == "Bearer token" || Access.Local(r);
        await _fixture.StartAsync();
        _client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer token");
        using var response = await GetAsync("application/json", "status.example.com");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
