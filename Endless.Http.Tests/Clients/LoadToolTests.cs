using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Clients;

public class LoadToolTests
{
    [FactWithTools("wrk")]
    public async Task Wrk_with_256_connections_meets_no_error()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var output = await Tool.RunAsync("wrk", "-t2", "-c256", "-d2s", "--timeout", "30s", $"{server.Url}/");
        Assert.Contains("requests in", output);
        Assert.DoesNotContain("Socket errors", output);
        Assert.DoesNotContain("Non-2xx", output);
    }

    [FactWithTools("ab")]
    public async Task Ab_with_keep_alive_keeps_every_connection()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var output = await Tool.RunAsync("ab", "-q", "-k", "-c", "64", "-n", "20000", $"{server.Url}/");
        Assert.Matches(@"Complete requests: +20000\b", output);
        Assert.Matches(@"Failed requests: +0\b", output);
        Assert.Matches(@"Keep-Alive requests: +20000\b", output); // HTTP/1.0, asked for and granted in a Connection field
    }

    [FactWithTools("ab")]
    public async Task Ab_without_keep_alive_gets_an_answer_on_each_connection()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var output = await Tool.RunAsync("ab", "-q", "-c", "32", "-n", "5000", $"{server.Url}/");
        Assert.Matches(@"Complete requests: +5000\b", output);
        Assert.Matches(@"Failed requests: +0\b", output);
    }
}
