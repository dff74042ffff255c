using System.Text;

namespace Endless.Http.Tests.Http1;

public sealed class PipeliningTests
{
    private static string Requests(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Fact]
    public async Task A_batch_is_answered_in_order_with_one_flush()
    {
        await using var server = new Http1Fixture((w, r) => w.Write(r.Path));
        await server.SendAsync(Requests(16));
        Assert.Equal(1, server.Connection.Flushes);
        for (var i = 0; i < 16; i++) Assert.Equal("/" + i, (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_long_pipeline_yields_to_others_and_to_a_client_that_does_not_read()
    {
        await using var server = new Http1Fixture((w, r) => w.Write(r.Path));
        await server.SendAsync(Requests(10_000));
        Assert.InRange(server.Connection.Yields, 1, 10_000 / 64);
        Assert.InRange(server.Client.Peek().Length, 1, 256 * 1024);
        for (var i = 0; i < 10_000; i++) Assert.Equal("/" + i, (await server.Client.ReadAsync()).Text);
        Assert.InRange(server.Connection.Yields, 10_000 / 64, 10_000 / 64 + 1);
    }

    [Fact]
    public async Task A_request_that_waits_does_not_hold_back_the_answers_before_it()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            if (r.Path == "/2") await goOn.Task;
            w.Write(r.Path);
        });
        await server.SendAsync(Requests(3) + "GE");
        Assert.Equal("/0", (await server.Client.ReadAsync()).Text);
        Assert.Equal("/1", (await server.Client.ReadAsync()).Text);
        Assert.Equal("", server.Client.Peek());
        goOn.SetResult();
        Assert.Equal("/2", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_response_that_begins_while_earlier_ones_are_sent_waits_for_its_turn()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http1Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path == "/1")
            {
                await goOn.Task;
                await w.WriteAsync(new string('b', 5_000));
                await w.FlushAsync();
            }
            else
            {
                w.Write(new string('a', 1_500));
            }
        }), pauseWriterThreshold: 1_000);
        // The flush of the first response waits for the client to read; meanwhile the second response begins.
        await server.SendAsync(Requests(2));
        goOn.SetResult();
        Assert.Equal(new string('a', 1_500), (await server.Client.ReadAsync()).Text);
        Assert.Equal(new string('b', 5_000), (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Bodies_and_heads_follow_each_other()
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
        var requests = new StringBuilder();
        for (var i = 0; i < 50; i++)
        {
            requests.Append("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /");
            requests.Append("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n2\r\n /\r\n0\r\n\r\n");
            requests.Append("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        await server.SendAsync(requests.ToString());
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("GET /", (await server.Client.ReadAsync()).Text);
            Assert.Equal("GET /", (await server.Client.ReadAsync()).Text);
            Assert.Equal("", (await server.Client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task A_byte_at_a_time_is_answered_the_same()
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync(r.Path + Encoding.ASCII.GetString(await r.ReadBodyAsync())));
        foreach (var b in Encoding.ASCII.GetBytes(Requests(1) + "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\nT: v\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"))
            await server.SendAsync(new[] { b });
        Assert.Equal("/0", (await server.Client.ReadAsync()).Text);
        Assert.Equal("/1abc", (await server.Client.ReadAsync()).Text);
        Assert.Equal("/2abc", (await server.Client.ReadAsync()).Text);
    }
}
