using System.Net;
using System.Security.Cryptography;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Clients;

/// <summary>Other people's clients of HTTP/2, against a server process of its own.</summary>
public sealed class Http2ClientsTests : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ExampleProcess.TestServerAsync();
        _client = new HttpClient
        {
            BaseAddress = new Uri(_server.Url),
            Timeout = Deadline.Default,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task HttpClient_with_sixty_four_callers_at_once() =>
        await Parallel.ForAsync(0, 6_400, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, stop) =>
            Assert.Equal($"/target?i={i}", await _client.GetStringAsync($"/target?i={i}", stop)));

    [Fact]
    public async Task HttpClient_with_a_large_body_both_ways()
    {
        var sent = RandomNumberGenerator.GetBytes(20_000_000);
        using var response = await _client.PostAsync("/echo", new ByteArrayContent(sent));
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task HttpClient_meets_trailers_a_failure_and_an_unread_body()
    {
        using (var response = await _client.GetAsync("/trailers"))
        {
            await response.Content.ReadAsStringAsync();
            Assert.Equal("abc", Assert.Single(response.TrailingHeaders.GetValues("X-Checksum")));
        }
        Assert.Equal(HttpStatusCode.InternalServerError, (await _client.GetAsync("/throw")).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetStringAsync("/throw-late"));
        Assert.Equal("ignored", await (await _client.PostAsync("/ignore", new ByteArrayContent(new byte[3_000_000]))).Content.ReadAsStringAsync());
        Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_slow_reader_does_not_stall_the_others()
    {
        using var slow = await _client.GetAsync("/big?n=50000000", HttpCompletionOption.ResponseHeadersRead);
        for (var i = 0; i < 100; i++) Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
        Assert.Equal(50_000_000, (await slow.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Handlers_that_block_leave_the_others_alone()
    {
        // Learnt by the first: from then on such handlers go to threads of their own.
        await _client.GetStringAsync("/block?ms=100");
        for (var i = 0; i < 64; i++) _ = _client.GetStringAsync("/block?ms=3600000");
        Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
    }

    [FactWithTools("curl")]
    public async Task Curl_by_prior_knowledge_and_where_it_is_turned_on_by_upgrade()
    {
        Assert.Equal("/target?a=b 2 200", await AskAsync(_server, "--http2-prior-knowledge"));
        Assert.Equal("/target?a=b 1.1 200", await AskAsync(_server, "--http2"));
        await using var upgrading = await ExampleProcess.TestServerAsync("--upgrade", "h2c");
        Assert.Equal("/target?a=b 2 200", await AskAsync(upgrading, "--http2"));

        static Task<string> AskAsync(ServerProcess server, string option) => Tool.RunAsync("curl", "-s", option, "-w", " %{http_version} %{http_code}", $"{server.Url}/target?a=b");
    }

    [FactWithTools("curl")]
    public async Task Curl_whose_upload_nobody_reads_gets_its_answer()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "upload");
        await File.WriteAllBytesAsync(path, new byte[3_000_000]);
        Assert.Equal("ignored", await Tool.RunAsync("curl", "-s", "--max-time", "20", "--http2-prior-knowledge", "--data-binary", $"@{path}", $"{_server.Url}/ignore"));
    }

    [FactWithTools("nghttp")]
    public async Task Nghttp_with_its_priorities_and_by_upgrade()
    {
        Assert.Contains("Hello, World!", await Tool.RunAsync("nghttp", _server.Url + "/"));
        await using var upgrading = await ExampleProcess.TestServerAsync("--upgrade", "h2c");
        Assert.Contains("Hello, World!", await Tool.RunAsync("nghttp", "-u", upgrading.Url + "/"));
    }

    [FactWithTools("h2load")]
    public async Task H2load_meets_no_error()
    {
        var output = await Tool.RunAsync("h2load", "-n", "50000", "-c", "16", "-m", "32", _server.Url + "/");
        Assert.Contains("50000 succeeded, 0 failed, 0 errored", output);
    }
}
