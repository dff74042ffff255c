using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Server;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>What only a real socket shows: half-closes, resets, and the transport's clock.</summary>
public sealed class RealSocketTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly AsyncHandlerFunc Echo = async (w, r) =>
    {
        await w.WriteAsync(r.Path + " ");
        await w.WriteAsync(await r.ReadBodyAsync());
    };

    private static async Task<ServerFixture> StartAsync(Action<EndlessServer>? configure = null, AsyncHandlerFunc? handler = null)
    {
        var server = new ServerFixture("127.0.0.1:0", Handler.From(handler ?? Echo));
        configure?.Invoke(server.Server);
        await server.StartAsync();
        return server;
    }

    private static void AssertQuietLog(ServerFixture server) => Assert.DoesNotContain(server.Log.Entries, e => e.Level > LogLevel.Information);

    private static async Task SendAsync(Socket client, string text) => await client.SendAsync(Encoding.Latin1.GetBytes(text));

    private static ResponseReader Reader(Socket client) => new(PipeReader.Create(new NetworkStream(client)));

    [Fact]
    public async Task A_client_that_half_closes_gets_every_answer()
    {
        using var server = await StartAsync(handler: async (w, r) =>
        {
            if (r.Path == "/slow") await Task.Delay(20);
            await Echo(w, r);
        });
        for (var i = 0; i < 10; i++)
        {
            var client = await server.ConnectAsync();
            await SendAsync(client, "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /slow HTTP/1.1\r\nHost: a\r\n\r\nPOST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n0\r\n\r\n");
            var reader = Reader(client);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("/1 abc", (await reader.ReadAsync()).Text);
            Assert.Equal("/slow ", (await reader.ReadAsync()).Text);
            Assert.Equal("/3 d", (await reader.ReadAsync()).Text);
            await reader.AssertEndAsync();
        }
        AssertQuietLog(server);
    }

    [Fact]
    public async Task A_client_that_half_closes_gets_a_large_response_that_comes_late()
    {
        var cancelled = new TaskCompletionSource();
        var body = new byte[4_000_000];
        using var server = await StartAsync(handler: async (w, r) =>
        {
            // As in Go: what a client that is gone for good begins with looks the same.
            using var registration = r.Cancellation.Register(cancelled.SetResult);
            await cancelled.Task.WaitAsync(ServerFixture.Deadline);
            await w.WriteAsync(body);
        });
        var client = await server.ConnectAsync();
        await SendAsync(client, Get);
        var reader = Reader(client);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(body.Length, (await reader.ReadAsync()).Body.Length);
        await reader.AssertEndAsync();
        AssertQuietLog(server);
    }

    /// <summary>Response splitting: the chunk was announced, and its data was not there, so that the next response stood in it.</summary>
    [Fact]
    public async Task A_write_canceled_while_it_waits_for_earlier_responses_leaves_whole_ones()
    {
        const int Requests = 60;
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = await StartAsync(handler: async (w, r) =>
        {
            if (int.Parse(r.Path.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) % 2 == 0)
            {
                w.Write(new byte[60_000]); // less than is sent at once
                return;
            }
            await Task.Yield(); // so that what came before is sent meanwhile
            using var cancel = new CancellationTokenSource();
            var writing = w.WriteAsync(new byte[100_000], cancel.Token);
            if (writing.IsCompleted) return;
            await cancel.CancelAsync();
            canceled.TrySetResult();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        for (var round = 0; round < 10; round++)
        {
            var client = await server.ConnectAsync();
            await SendAsync(client, string.Concat(Enumerable.Range(0, Requests).Select(i => $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
            await canceled.Task.WaitAsync(ServerFixture.Deadline);
            var reader = Reader(client);
            for (var i = 0; i < Requests; i++) Assert.Equal(i % 2 == 0 ? 60_000 : 100_000, (await reader.ReadAsync()).Body.Length);
        }
    }

    [Fact]
    public async Task A_refusal_is_readable_however_much_the_client_still_sends()
    {
        using var server = await StartAsync(s => s.Linger = ServerFixture.Deadline);
        for (var i = 0; i < 10; i++)
        {
            var client = await server.ConnectAsync();
            await SendAsync(client, "GET / HTTP/1.1\r\nBad Name: x\r\n\r\n");
            // The client goes on with what it had in mind, and reads only then.
            for (var n = 0; n < 20; n++) await client.SendAsync(new byte[100_000]);
            var reader = Reader(client);
            Assert.Equal(400, (await reader.ReadAsync()).Status);
            client.Shutdown(SocketShutdown.Send);
            await reader.AssertEndAsync();
        }
        AssertQuietLog(server);
    }

    [Fact]
    public async Task An_answer_is_readable_though_its_body_was_not_read()
    {
        using var server = await StartAsync(s => s.Linger = ServerFixture.Deadline, (w, r) => w.WriteAsync("ignored"));
        var client = await server.ConnectAsync();
        await SendAsync(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
        await client.SendAsync(new byte[5_000_000]);
        var reader = Reader(client);
        var response = await reader.ReadAsync();
        Assert.Equal("ignored", response.Text);
        Assert.Equal("close", response["Connection"]);
        await reader.AssertEndAsync();
        AssertQuietLog(server);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ", 'a')]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n", 'a')]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", '0')]
    public async Task A_byte_now_and_then_does_not_put_a_timeout_off(string start, char drip)
    {
        using var server = await StartAsync(s =>
        {
            s.ReadTimeout = TimeSpan.FromSeconds(2);
            s.IdleTimeout = ServerFixture.Deadline;
        });
        var client = await server.ConnectAsync();
        var reader = Reader(client);
        // The clock of the second request begins with its first byte, and not with the accept.
        await SendAsync(client, Get);
        Assert.Equal(200, (await reader.ReadAsync()).Status);
        var answer = reader.ReadAsync();
        await SendAsync(client, start);
        while (!answer.IsCompleted)
        {
            // Faster than the transport looks at its clock.
            await Task.WhenAny(answer, Task.Delay(10));
            if (answer.IsCompleted) break;
            try
            {
                await client.SendAsync(new[] { (byte)drip });
            }
            catch (SocketException)
            {
                // The server answered, waited and closed before this loaded machine got round to reading: the answer is there all the same.
                break;
            }
        }
        Assert.Equal(408, (await answer).Status);
        AssertQuietLog(server);
    }

    [Fact]
    public async Task A_client_that_is_reset_at_any_stage_costs_nothing()
    {
        using var server = await StartAsync(handler: async (w, r) =>
        {
            await w.WriteAsync(new byte[100_000]);
            await Echo(w, r);
        });
        var request = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n" + Get;
        for (var length = 0; length <= request.Length; length++)
        {
            using var client = await server.ConnectAsync();
            if (length > 0) await SendAsync(client, request[..length]);
            client.LingerState = new LingerOption(true, 0);
        }
        var last = await server.ConnectAsync();
        await SendAsync(last, Get);
        Assert.Equal(100_002, (await Reader(last).ReadAsync()).Body.Length);
        AssertQuietLog(server);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed()
    {
        const string begun = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n";
        using var underWay = new SemaphoreSlim(0);
        using var server = await StartAsync(s => s.MaxConnections = 2, async (w, r) =>
        {
            underWay.Release();
            await Echo(w, r);
        });
        var clients = new List<(Socket Socket, ResponseReader Reader)>();
        for (var i = 0; i < 2; i++)
        {
            var client = await server.ConnectAsync();
            clients.Add((client, Reader(client)));
            await SendAsync(client, begun);
            Assert.True(await underWay.WaitAsync(ServerFixture.Deadline));
        }
        var third = await server.ConnectAsync();
        await Reader(third).AssertEndAsync();

        foreach (var client in clients)
        {
            await SendAsync(client.Socket, "x");
            Assert.Equal(200, (await client.Reader.ReadAsync()).Status);
        }
        clients[0].Socket.Shutdown(SocketShutdown.Send);
        await clients[0].Reader.AssertEndAsync();
        // A connection counts until its descriptor is closed, which the client sees a moment before the server has counted it.
        await Deadline.UntilAsync(() => server.Server.Connections.Count == 1, "the first is no longer counted");
        await SendAsync(clients[1].Socket, Get);
        Assert.Equal(200, (await clients[1].Reader.ReadAsync()).Status);
        var fourth = await server.ConnectAsync();
        await SendAsync(fourth, Get);
        Assert.Equal(200, (await Reader(fourth).ReadAsync()).Status);
    }

    [Fact]
    public async Task Cancellation_fires_when_the_client_goes_away()
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = await StartAsync(handler: async (w, r) =>
        {
            using var registration = r.Cancellation.Register(fired.SetResult);
            began.SetResult();
            await fired.Task;
        });
        var client = await server.ConnectAsync();
        await SendAsync(client, Get);
        await began.Task.WaitAsync(ServerFixture.Deadline);
        client.Dispose();
        await fired.Task.WaitAsync(ServerFixture.Deadline);
        AssertQuietLog(server);
    }
}
