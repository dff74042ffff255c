using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>Backends that fail, and what a client sees of it.</summary>
public sealed class ReverseProxyFailureTests
{
    [Fact]
    public async Task A_backend_that_refuses_is_502_without_its_address()
    {
        var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var refused = $"http://{closed.LocalEndpoint}";
        closed.Stop();
        var (status, text) = await AskAsync(new ReverseProxy(refused));
        Assert.Equal(502, status);
        Assert.Equal("Bad Gateway\n", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n")]
    public async Task A_response_that_is_none_is_502(string response)
    {
        await using var backend = new RudeBackend(response);
        var (status, text) = await AskAsync(new ReverseProxy(backend.Url));
        Assert.Equal(502, status);
        Assert.Equal("Bad Gateway\n", text);
    }

    [Fact]
    public async Task Response_headers_beyond_the_limit_are_502()
    {
        await using var backend = new RudeBackend($"HTTP/1.1 200 OK\r\nX: {new string('x', 5000)}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(502, (await AskAsync(new ReverseProxy(backend.Url, new() { MaxResponseHeaderBytes = 4096 }))).Status);
        Assert.Equal(200, (await AskAsync(new ReverseProxy(backend.Url))).Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n")]
    public async Task A_response_that_breaks_off_is_not_whole_for_the_client(string response)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            await using var backend = new RudeBackend(response);
            using var proxy = new ReverseProxy(backend.Url);
            await using var front = await TestServer.StartAsync(proxy);
            using var client = front.CreateClient(version);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/"));
        }
    }

    [Fact]
    public async Task A_backend_that_says_nothing_is_504()
    {
        await using var backend = new RudeBackend((stream, _) => stream.ReadAsync(new byte[1]).AsTask());
        var (status, text) = await AskAsync(new ReverseProxy(backend.Url, new() { ResponseHeaderTimeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(504, status);
        Assert.Equal("Gateway Timeout\n", text);
    }

    [Fact]
    public async Task A_backend_that_stops_within_its_body_ends_the_response()
    {
        await using var backend = new RudeBackend(async (stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray());
            await stream.ReadAsync(new byte[1]);
        });
        using var proxy = new ReverseProxy(backend.Url, new() { IdleTimeout = TimeSpan.FromMilliseconds(50) });
        await using var front = await TestServer.StartAsync(proxy);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => front.Client.GetStringAsync("/").WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_backend_that_takes_no_body_is_504()
    {
        var answered = new TaskCompletionSource();
        await using var backend = new RudeBackend((stream, _) => answered.Task.WaitAsync(Deadline.Default));
        using var proxy = new ReverseProxy(backend.Url, new() { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        await using var front = await TestServer.StartAsync(proxy);
        using var response = await front.Client.PostAsync("/", new ByteArrayContent(new byte[64_000_000])).WaitAsync(Deadline.Default);
        answered.SetResult();
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    [Fact]
    public async Task A_connection_that_was_closed_while_idle_is_not_the_clients_trouble()
    {
        await using var backend = new RudeBackend(async (stream, _) =>
        {
            // Looks as if it stayed open, and closes with the next request.
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            await stream.ReadAsync(new byte[1]);
        });
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        for (var i = 0; i < 5; i++) Assert.Equal("ok", await front.Client.GetStringAsync("/"));
        Assert.Equal(5, backend.Heads.Count);
    }

    [Fact]
    public async Task What_is_not_idempotent_is_sent_once()
    {
        await using var backend = new RudeBackend(async (stream, head) =>
        {
            if (head.StartsWith("GET", StringComparison.Ordinal)) await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            await stream.ReadAsync(new byte[1]);
        });
        using var proxy = new ReverseProxy(backend.Url);
        await using var front = await TestServer.StartAsync(proxy);
        Assert.Equal("ok", await front.Client.GetStringAsync("/"));
        using var response = await front.Client.PostAsync("/", null);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Single(backend.Heads);
    }

    [Fact]
    public async Task What_one_destination_has_seen_is_not_sent_to_the_next()
    {
        await using var a = new RudeBackend("");
        await using var b = new RudeBackend("");
        using var proxy = new ReverseProxy([a.Url, b.Url]);
        await using var front = await TestServer.StartAsync(proxy);
        using var response = await front.Client.PostAsync("/", new StringContent("pay"));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(1, a.Heads.Count + b.Heads.Count);
    }

    [Fact]
    public async Task A_destination_that_is_not_reached_in_time_is_504()
    {
        // A listener whose queue is full answers no more.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(full.LocalEndPoint!);
        var (status, _) = await AskAsync(new ReverseProxy($"http://{full.LocalEndPoint}", new() { ConnectTimeout = TimeSpan.FromMilliseconds(100) }));
        Assert.Equal(504, status);
    }

    [Fact]
    public async Task An_error_handler_answers_instead()
    {
        await using var backend = new RudeBackend("");
        var (status, text) = await AskAsync(new ReverseProxy(backend.Url, new()
        {
            ErrorHandler = (w, r, failure) =>
            {
                w.StatusCode = 503;
                return w.WriteAsync($"sorry: {failure.StatusCode}");
            },
        }));
        Assert.Equal(503, status);
        Assert.Equal("sorry: 502", text);
    }

    [Fact]
    public async Task What_a_hook_throws_is_502()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write("ok"));
        Assert.Equal(502, (await AskAsync(new ReverseProxy(backend.Url.ToString(), new() { Rewrite = (_, _) => throw new InvalidOperationException("no") }))).Status);
        Assert.Equal(502, (await AskAsync(new ReverseProxy(backend.Url.ToString(), new() { ModifyResponse = (_, _) => throw new InvalidOperationException("no") }))).Status);
    }

    private static async Task<(int Status, string Text)> AskAsync(ReverseProxy proxy)
    {
        using (proxy)
        {
            await using var front = await TestServer.StartAsync(proxy);
            using var response = await front.Client.GetAsync("/").WaitAsync(Deadline.Default);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }
}
