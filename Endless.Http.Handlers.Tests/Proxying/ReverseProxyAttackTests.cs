using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Proxying;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Proxying;

/// <summary>What clients send to get around what stands before a backend, or to be taken for somebody else.</summary>
public sealed class ReverseProxyAttackTests
{
    [Theory]
    [InlineData("X-Forwarded-For: 6.6.6.6")]
    [InlineData("x_forwarded_for: 6.6.6.6")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nConnection: X-Forwarded-For")]
    [InlineData("Connection: close, X-Forwarded-For, X-Forwarded-Proto")]
    [InlineData("X-Forwarded-Server: evil\r\nX-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Prefix: //evil.example")]
    public async Task A_client_cannot_say_where_it_comes_from(string fields)
    {
        var head = await PassAsync($"GET / HTTP/1.1\r\nHost: a.example\r\n{fields}\r\n\r\n");
        Assert.DoesNotContain("6.6.6.6", head);
        Assert.DoesNotContain("evil", head);
        Assert.Equal(["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: a.example", "X-Forwarded-Proto: http"], Lines(head).Where(line => line.Contains("forwarded", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData(ForwardedMode.Append, "1.1.1.1, 127.0.0.1", "for=1.1.1.1, for=127.0.0.1;host=\"a.example\";proto=http")]
    [InlineData(ForwardedMode.Keep, "1.1.1.1", "for=1.1.1.1")]
    [InlineData(ForwardedMode.Replace, "127.0.0.1", "for=127.0.0.1;host=\"a.example\";proto=http")]
    [InlineData(ForwardedMode.Remove, null, null)]
    public async Task Fields_of_a_proxy_before_this_one_are_kept_where_that_is_asked_for(ForwardedMode mode, string? xForwardedFor, string? forwarded)
    {
        var head = await PassAsync("GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 1.1.1.1\r\nForwarded: for=1.1.1.1\r\n\r\n", new() { XForwarded = mode, Forwarded = mode });
        Assert.Equal(xForwardedFor, Field(head, "X-Forwarded-For"));
        Assert.Equal(forwarded, Field(head, "Forwarded"));
    }

    [Fact]
    public async Task Fields_about_the_connection_go_no_further()
    {
        var head = await PassAsync(
            "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nProxy-Authorization: Basic secret\r\nTE: trailers, deflate\r\nX-End: 2\r\nHTTP2-Settings: AA\r\n\r\n");
        Assert.Equal("trailers", Field(head, "TE"));
        Assert.Equal("2", Field(head, "X-End"));
        foreach (var name in new[] { "Connection", "X-Hop", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Transfer-Encoding", "HTTP2-Settings", "Upgrade" }) Assert.Null(Field(head, name));
    }

    [Theory]
    [InlineData("/../secret", true)]
    [InlineData("/a/..", true)]
    [InlineData("/a/%2e%2E/secret", true)]
    [InlineData("/a/.%2e/secret", true)]
    [InlineData("/a/..%2fsecret", true)]
    [InlineData("/a%2F..%2Fsecret", true)]
    [InlineData("/a/..\\secret", true)]
    [InlineData("/a/..%5csecret", true)]
    [InlineData("/a/..;x/secret", true)]
    [InlineData("/a/..;x=.y/secret", true)]
    [InlineData("/a/%2e%2e%3bx/secret", true)]
    [InlineData("/a/...", false)]
    [InlineData("/a..b/..c/d..", false)]
    [InlineData("/./a", false)]
    [InlineData("/a/%2", false)]
    [InlineData("/a;x=..", false)]
    [InlineData("/%2e%2ea", false)]
    public void A_path_that_climbs_is_found(string path, bool climbs) => Assert.Equal(climbs, OutgoingTarget.Climbs(path));

    [Fact]
    public async Task A_path_that_climbs_out_of_the_prefix_is_400()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write("backend"));
        using var proxy = new ReverseProxy(backend.Url + "app");
        await using var front = await TestServer.StartAsync(proxy);
        foreach (var path in new[] { "/../secret", "/%2e%2e/secret", "/x/..%2f..%2fsecret" })
        {
            using var socket = new TcpClient("127.0.0.1", front.Url.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
            Assert.StartsWith("HTTP/1.1 400 ", await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default));
        }
    }

    [Theory]
    [InlineData("//evil.example/x", "/app//evil.example/x")]
    [InlineData("/a%2fb%3Fc?q=%20", "/app/a%2fb%3Fc?q=%20")]
    [InlineData("/./a//b/", "/app/./a//b/")]
    [InlineData("http://evil.example/x?y", "/app/x?y")]
    [InlineData("http://evil.example", "/app/")]
    [InlineData("/x?a=\"<>^{|}[]\\", "/app/x?a=\"<>^{|}[]\\")]
    [InlineData("/@evil.example:80/", "/app/@evil.example:80/")]
    [InlineData("/%0d%0aX:%20y", "/app/%0d%0aX:%20y")]
    public async Task A_target_is_sent_as_it_came(string target, string sent)
    {
        var head = await PassAsync($"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n", prefix: "/app");
        Assert.Equal($"GET {sent} HTTP/1.1", Lines(head)[0]);
        Assert.StartsWith("127.0.0.1:", Field(head, "Host"));
    }

    [Theory]
    [InlineData("a=1&b=2", "a=1&b=2")]
    [InlineData("a=1;a=2&b=3", "b=3")]
    [InlineData("a=%zz&b=%20", "b=%20")]
    [InlineData("a=%2", "")]
    [InlineData("a=1&&b;", "a=1")]
    [InlineData("%61=%", "")]
    public void What_the_two_sides_could_read_in_two_ways_is_no_part_of_a_query(string query, string clean) => Assert.Equal(clean, OutgoingTarget.Clean(query));

    [Theory]
    [InlineData("get", 501)]
    [InlineData("Delete", 501)]
    [InlineData("PROPFIND", 200)]
    public async Task A_method_is_not_respelled(string method, int status)
    {
        var seen = "";
        await using var backend = await TestServer.StartAsync((w, r) => seen = r.Method);
        using var proxy = new ReverseProxy(backend.Url.ToString());
        var w = await ResponseRecorder.RecordAsync(proxy, new RequestBuilder(method, "/").Build());
        Assert.Equal(status, w.StatusCode);
        if (status == 200) Assert.Equal(method, seen);
    }

    [Fact]
    public async Task Connect_is_not_for_it()
    {
        using var proxy = new ReverseProxy("http://127.0.0.1:1");
        Assert.Equal(501, (await ResponseRecorder.RecordAsync(proxy, new RequestBuilder("CONNECT", "a.example:443").Build())).StatusCode);
    }

    [Theory]
    [InlineData("a.example:8080", "a.example:8080")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("a_b.example", "a_b.example")]
    [InlineData("a!b", null)]
    public async Task A_host_is_passed_on_once_or_not_at_all(string host, string? sent)
    {
        var head = await PassAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", new() { PassHost = true });
        if (sent is null) Assert.Equal("", head);
        else Assert.Equal([$"Host: {sent}"], Lines(head).Where(line => line.StartsWith("Host:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Bytes_beyond_ascii_survive()
    {
        var head = await PassAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Name: J\u00f6rg\u00ff\r\nContent-Language: de\r\n\r\n");
        Assert.Equal("J\u00f6rg\u00ff", Field(head, "X-Name"));
        Assert.Equal("de", Field(head, "Content-Language"));
    }

    [Fact]
    public async Task Clients_that_leave_leave_nothing_behind()
    {
        var open = 0;
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            Interlocked.Increment(ref open);
            var left = new TaskCompletionSource();
            using var registration = r.Cancellation.Register(() => left.TrySetResult());
            await left.Task.WaitAsync(Deadline.Default);
            Interlocked.Decrement(ref open);
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        var running = 0;
        await using var front = await TestServer.StartAsync(async (w, r) =>
        {
            Interlocked.Increment(ref running);
            try
            {
                await proxy.ServeHttpAsync(w, r);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        });
        for (var round = 0; round < 10; round++)
        {
            using var client = front.CreateClient();
            using var leaving = new CancellationTokenSource();
            var requests = Enumerable.Range(0, 50).Select(_ => client.GetAsync("/", leaving.Token)).ToArray();
            await Deadline.UntilAsync(() => Volatile.Read(ref open) == 50, "all requests are with the backend");
            await leaving.CancelAsync();
            await ((Task)Task.WhenAll(requests)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await Deadline.UntilAsync(() => Volatile.Read(ref open) == 0 && Volatile.Read(ref running) == 0, "nobody waits any more");
        }
    }

    /// <summary>What a backend reads of a request that is sent as it stands; empty if nothing comes.</summary>
    private static async Task<string> PassAsync(string request, ReverseProxyOptions? options = null, string prefix = "")
    {
        await using var backend = new RudeBackend("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var proxy = new ReverseProxy(backend.Url + prefix, options);
        await using var front = await TestServer.StartAsync(proxy);
        using var socket = new TcpClient("127.0.0.1", front.Url.Port);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        Assert.StartsWith("HTTP/1.1 ", await RudeBackend.ReadHeadAsync(socket.GetStream()).WaitAsync(Deadline.Default));
        return backend.Heads.FirstOrDefault() ?? "";
    }

    private static string[] Lines(string head) => head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private static string? Field(string head, string name) => Lines(head).FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
}
