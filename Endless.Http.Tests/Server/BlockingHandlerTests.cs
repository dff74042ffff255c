using Endless.Http.Load;

namespace Endless.Http.Tests.Server;

/// <summary>Handlers may block, as in Go. The figures of how little others notice are a benchmark's; here is that they are served at all.</summary>
public class BlockingHandlerTests
{
    [Fact]
    public async Task While_256_handlers_block_others_are_served()
    {
        const int count = 256;
        using var release = new ManualResetEventSlim();
        var blocked = 0;
        using var server = await ServerFixture.StartAsync(Handler.From((w, r) =>
        {
            if (r.Path != "/block") return;
            Interlocked.Increment(ref blocked);
            release.Wait();
        }));
        var blockers = Enumerable.Range(0, count).Select(_ => RequestAsync(server.Server.LocalEndPoint!, "/block")).ToArray();
        try
        {
            for (var i = 0; i < 50; i++) await RequestAsync(server.Server.LocalEndPoint!, "/");
            await Deadline.UntilAsync(() => Volatile.Read(ref blocked) == count, "every one of them has a thread");
            for (var i = 0; i < 50; i++) await RequestAsync(server.Server.LocalEndPoint!, "/");
        }
        finally
        {
            release.Set();
        }
        await Task.WhenAll(blockers).WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task Handlers_that_wait_for_each_other_through_the_server_all_end()
    {
        // Each handler blocks on a request to the same server, five deep, from twenty clients: with a thread a core that is a deadlock.
        using var server = await ServerFixture.StartAsync(Handler.From((w, r) =>
        {
            var depth = int.Parse(r.Path.AsSpan(1));
            if (depth > 0) RequestAsync(r.LocalEndPoint!, $"/{depth - 1}").GetAwaiter().GetResult();
            w.Write("done");
        }));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RequestAsync(server.Server.LocalEndPoint!, "/5"))).WaitAsync(Deadline.Default);
    }

    private static async Task RequestAsync(System.Net.EndPoint server, string path)
    {
        using var connection = await ClientConnection.ConnectAsync(server, Deadline.Default);
        var response = await connection.RequestAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.Equal(200, response.Status);
    }
}
