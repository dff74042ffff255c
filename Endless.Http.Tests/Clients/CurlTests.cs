using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Clients;

public sealed class CurlTests : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async Task InitializeAsync() => _server = await ExampleProcess.TestServerAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [FactWithTools("curl")]
    public async Task Get() => Assert.Equal("Hello, World!", await CurlAsync("/"));

    [FactWithTools("curl")]
    public async Task Head_has_the_length_and_no_body()
    {
        var head = await CurlAsync("/", "--head");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head);
        Assert.Contains("Content-Length: 13\r\n", head);
        Assert.EndsWith("\r\n\r\n", head);
    }

    [FactWithTools("curl")]
    public async Task Http_1_0_gets_a_connection_for_each_request()
    {
        var connects = await CurlAsync("/", "--http1.0", "--write-out", " %{num_connects}\n", $"{_server.Url}/pid");
        Assert.Equal(["1", "1"], connects.TrimEnd().Split('\n').Select(line => line.Split(' ')[^1]));
    }

    [FactWithTools("curl")]
    public async Task Three_urls_share_one_connection()
    {
        var connects = await CurlAsync("/", "--write-out", " %{num_connects}\n", $"{_server.Url}/pid", $"{_server.Url}/chunked");
        Assert.Equal(["1", "0", "0"], connects.TrimEnd().Split('\n').Select(line => line.Split(' ')[^1]));
    }

    [FactWithTools("curl")]
    public async Task Post_of_a_form() => Assert.Equal("a=1&b=2", await CurlAsync("/echo", "--data", "a=1", "--data", "b=2"));

    [FactWithTools("curl")]
    public async Task Any_method_is_passed_on() =>
        Assert.Contains("X-Method: PURGE\r\n", await CurlAsync("/echo", "--request", "PURGE", "--include"));

    [FactWithTools("curl")]
    public async Task A_large_upload_after_100_continue_comes_back_whole()
    {
        using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory["sent"], Bytes(5_000_000));
        var said = await CurlAsync("/echo", "--verbose", "--upload-file", directory["sent"], "--header", "Expect: 100-continue", "--output", directory["received"]);
        Assert.Contains("HTTP/1.1 100 Continue", said);
        Assert.Equal(await File.ReadAllBytesAsync(directory["sent"]), await File.ReadAllBytesAsync(directory["received"]));
    }

    [FactWithTools("curl")]
    public async Task A_chunked_upload_comes_back_whole()
    {
        using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory["sent"], Bytes(1_000_000));
        await CurlAsync("/echo", "--upload-file", directory["sent"], "--header", "Transfer-Encoding: chunked", "--output", directory["received"]);
        Assert.Equal(await File.ReadAllBytesAsync(directory["sent"]), await File.ReadAllBytesAsync(directory["received"]));
    }

    [FactWithTools("curl")]
    public async Task A_slow_upload_is_waited_for()
    {
        using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory["sent"], Bytes(100_000));
        Assert.Equal("100000", await CurlAsync("/echo", "--data-binary", $"@{directory["sent"]}", "--limit-rate", "100K", "--output", "/dev/null", "--write-out", "%{size_download}"));
    }

    [FactWithTools("curl")]
    public async Task A_refused_body_does_not_disturb_the_next_request()
    {
        using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory["sent"], Bytes(100_000));
        Assert.Equal("ignoredignored", await CurlAsync("/ignore", "--data-binary", $"@{directory["sent"]}", $"{_server.Url}/ignore"));
    }

    [FactWithTools("curl")]
    public async Task Chunks_and_trailers_are_joined() => Assert.Equal("onetwothree", await CurlAsync("/chunked"));

    [FactWithTools("curl")]
    public async Task A_trailer_is_sent_after_the_last_chunk() =>
        Assert.EndsWith("\r\n0\r\nX-Checksum: abc\r\n\r\n", await CurlAsync("/trailers", "--raw"));

    [FactWithTools("curl")]
    public async Task Statuses_without_a_body_keep_the_connection() =>
        Assert.Equal("204 1,304 0,204 0,", await CurlAsync("/nobody", "--write-out", "%{http_code} %{num_connects},", $"{_server.Url}/304", $"{_server.Url}/nobody"));

    [FactWithTools("curl")]
    public async Task The_target_arrives_as_sent() =>
        Assert.Equal("/target?a=%20b&c=../d", await CurlAsync("/target?a=%20b&c=../d", "--path-as-is"));

    [FactWithTools("curl")]
    public async Task A_path_with_dots_is_no_other_path() =>
        Assert.Equal("404", await CurlAsync("/x/../pid", "--path-as-is", "--output", "/dev/null", "--write-out", "%{http_code}"));

    [FactWithTools("curl")]
    public async Task Field_lines_arrive_as_sent()
    {
        var lines = (await CurlAsync("/headers", "--user-agent", "", "--header", "X-Twice: 1", "--header", "x-twice: 2", "--cookie", "a=b; c=d", "--header", "X-Empty;")).TrimEnd('\n').Split('\n');
        Assert.Equal([$"Host: {_server.EndPoint}", "Accept: */*", "Cookie: a=b; c=d", "X-Twice: 1", "x-twice: 2", "X-Empty: "], lines);
    }

    [FactWithTools("curl")]
    public async Task A_throwing_handler_is_a_500() =>
        Assert.Equal("500", await CurlAsync("/throw", "--output", "/dev/null", "--write-out", "%{http_code}"));

    [FactWithTools("curl")]
    public async Task A_handler_that_throws_late_leaves_an_incomplete_answer()
    {
        var (code, _) = await Tool.TryRunAsync("curl", "--silent", $"{_server.Url}/throw-late");
        Assert.Equal(18, code); // CURLE_PARTIAL_FILE: the last chunk never came
    }

    [FactWithTools("curl")]
    public async Task Fifty_transfers_in_parallel()
    {
        var transfers = Enumerable.Range(1, 50).SelectMany(i => (string[])["--output", "/dev/null", $"{_server.Url}/big?n={i * 1000}"]);
        var sizes = await CurlAsync("/nobody", ["--parallel", "--parallel-max", "50", "--no-progress-meter", "--write-out", "%{size_download}\n", "--output", "/dev/null", .. transfers]);
        Assert.Equal(Enumerable.Range(0, 51).Select(i => i * 1000), sizes.TrimEnd().Split('\n').Select(int.Parse).Order());
    }

    [FactWithTools("curl")]
    public async Task Ipv6_and_ipv4_reach_a_server_on_every_address()
    {
        await using var server = await ExampleProcess.TestServerOnAsync([":0"]);
        var port = server.Addresses[0].Split(':')[^1];
        Assert.Equal("Hello, World!", await Tool.RunAsync("curl", "--silent", "--show-error", "--fail", $"http://127.0.0.1:{port}/"));
        Assert.Equal("Hello, World!", await Tool.RunAsync("curl", "--silent", "--show-error", "--fail", $"http://[::1]:{port}/"));
    }

    [FactWithTools("curl")]
    public async Task A_unix_socket_is_an_address_like_any_other()
    {
        using var directory = new TempDirectory();
        await using var server = await ExampleProcess.TestServerOnAsync([$"unix:{directory["s"]}"]);
        Assert.Equal("Hello, World!", await Tool.RunAsync("curl", "--silent", "--show-error", "--unix-socket", directory["s"], "http://localhost/"));
    }

    private Task<string> CurlAsync(string path, params string[] options) =>
        Tool.RunAsync("curl", ["--silent", "--show-error", "--max-time", "20", $"{_server.Url}{path}", .. options]);

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)(i % 251);
        return bytes;
    }
}
