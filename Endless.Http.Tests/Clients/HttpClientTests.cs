using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Clients;

public sealed class HttpClientTests : IAsyncLifetime
{
    private ServerProcess _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ExampleProcess.TestServerAsync();
        _client = new HttpClient { BaseAddress = new Uri(_server.Url), Timeout = Deadline.Default };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Thirty_two_callers_at_once_all_get_their_own_answer() =>
        await Parallel.ForAsync(0, 3200, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, stop) =>
            Assert.Equal($"/target?i={i}", await _client.GetStringAsync($"/target?i={i}", stop)));

    [Fact]
    public async Task A_body_of_unknown_length_comes_back_whole()
    {
        var sent = Bytes(3_000_000);
        using var content = new StreamContent(new OneWayStream(sent)); // cannot seek, so it goes in chunks
        using var response = await _client.PostAsync("/echo", content);
        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_body_behind_100_continue_comes_back_whole()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/echo") { Content = new ByteArrayContent(Bytes(100_000)) };
        request.Headers.ExpectContinue = true;
        using var response = await _client.SendAsync(request);
        Assert.Equal(100_000, response.Content.Headers.ContentLength);
        Assert.Equal("PUT", Assert.Single(response.Headers.GetValues("X-Method")));
    }

    [Fact]
    public async Task Trailers_arrive()
    {
        using var response = await _client.GetAsync("/trailers");
        Assert.Equal("abc", Assert.Single(response.TrailingHeaders.GetValues("X-Checksum")));
    }

    [Fact]
    public async Task A_chunk_arrives_when_it_is_flushed()
    {
        using var response = await _client.GetAsync("/throw-late", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.NotEqual(0, await body.ReadAsync(new byte[16]));
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_large_download_arrives_whole()
    {
        using var response = await _client.GetAsync("/big?n=200000003", HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 20];
        long total = 0;
        for (int count; (count = await body.ReadAsync(buffer)) > 0; total += count)
            Assert.Equal((byte)"0123456789abcdef"[(int)(total % 16)], buffer[0]);
        Assert.Equal(200_000_003, total);
    }

    [Fact]
    public async Task A_client_that_gives_up_halfway_costs_nobody_else_anything()
    {
        for (var i = 0; i < 20; i++)
        {
            using var response = await _client.GetAsync("/big?n=1000000000", HttpCompletionOption.ResponseHeadersRead);
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }
        Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
        Assert.DoesNotContain(_server.Output.Lines, line => line.Contains("rror", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Head_and_statuses_without_a_body_keep_the_connection()
    {
        foreach (var (method, path, status) in ((string, string, HttpStatusCode)[])[("HEAD", "/", HttpStatusCode.OK), ("GET", "/nobody", HttpStatusCode.NoContent), ("GET", "/304", HttpStatusCode.NotModified), ("POST", "/ignore", HttpStatusCode.OK), ("POST", "/", HttpStatusCode.MethodNotAllowed), ("GET", "/nowhere", HttpStatusCode.NotFound), ("GET", "/throw", HttpStatusCode.InternalServerError)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var response = await _client.SendAsync(request);
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_block_and_a_wait_hold_up_nobody()
    {
        var waiting = Task.WhenAll(_client.GetStringAsync("/slow?ms=1000"), _client.GetStringAsync("/block?ms=1000"));
        while (!waiting.IsCompleted) Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
        Assert.Equal(["slow", "block"], await waiting);
    }

    [Fact]
    public async Task A_restart_loses_no_request_of_a_pooled_client()
    {
        using var stop = new CancellationTokenSource();
        var requests = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; await Task.Yield()) Assert.Equal("Hello, World!", await _client.GetStringAsync("/"));
        })));
        var old = _server.Pid;
        var pid = await _server.RestartAsync();
        await _server.GoneAsync(old);
        await stop.CancelAsync();
        await requests;
        Assert.Equal($"{pid}", await _client.GetStringAsync("/pid"));
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)(i % 251);
        return bytes;
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
