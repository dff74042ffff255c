using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

/// <summary>Handlers may block, as in Go. The figures of how little others notice are a benchmark's; here is that they are served at all.</summary>
public class BlockingHandlerTests
{
    [Fact]
    public async Task While_256_handlers_sleep_for_a_second_others_are_served()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var blockers = new List<Task>();
        for (var i = 0; i < 256; i++) blockers.Add(RequestAsync(server, "/block?ms=1000"));
        using var other = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        var served = 0;
        while (!blockers.TrueForAll(blocker => blocker.IsCompleted))
        {
            await other.RequestAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            served++;
        }
        await Task.WhenAll(blockers);
        // In the time of one sleep, even on a loaded machine, hundreds; had it waited for one of them, it would be a handful.
        Assert.True(served > 50, $"only {served} others were served");
    }

    [Fact]
    public async Task Handlers_that_wait_for_each_other_through_the_server_all_end()
    {
        // Each handler blocks on a request to the same server, five deep, from twenty clients: with a thread a core that is a deadlock.
        using var server = await ServerFixture.StartAsync(Handler.From((w, r) =>
        {
            var depth = int.Parse(r.Path.AsSpan(1));
            if (depth > 0) RequestAsync(r.LocalAddress!, $"/{depth - 1}").GetAwaiter().GetResult();
            w.Write("done");
        }));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RequestAsync(server.Server.LocalAddress!, "/5"))).WaitAsync(Deadline.Default);
    }

    private static Task RequestAsync(ServerProcess server, string path) => RequestAsync(server.EndPoint, path);

    private static async Task RequestAsync(System.Net.EndPoint server, string path)
    {
        using var connection = await ClientConnection.ConnectAsync(server, Deadline.Default);
        var response = await connection.RequestAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.Equal(200, response.Status);
    }
}
