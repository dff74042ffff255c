using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Proxying;

public sealed class ReverseProxyTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_request_goes_through_whole_in_both_directions(bool http2In, bool http2Out)
    {
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            w.Header["X-Saw"] = $"{r.Protocol} {r.Method} {r.Target} {r.Header["X-One"]} {r.ContentLength}";
            w.Header.Add("Set-Cookie", "a=1");
            w.Header.Add("Set-Cookie", "b=2");
            w.Header["Content-Type"] = "application/octet-stream";
            w.StatusCode = 201;
            await r.BodyStream.CopyToAsync(w.BodyWriter.AsStream());
        });
        using var proxy = new ReverseProxy(backend.Url.ToString(), new() { Http2 = http2Out });
        await using var front = await TestServer.StartAsync(proxy);
        using var client = front.CreateClient(http2In ? HttpVersion.Version20 : HttpVersion.Version11);
        var body = new byte[1_000_000];
        new Random(1).NextBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Put, "a%2Fb/%7Ec?x=1&y=%20") { Content = new DuplexContent((stream, _) => stream.WriteAsync(body).AsTask()) { Headers = { ContentLength = body.Length } }, Headers = { { "X-One", "1" } }, Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"HTTP/{(http2Out ? "2.0" : "1.1")} PUT /a%2Fb/~c?x=1&y=%20 1 1000000", response.Headers.GetValues("X-Saw").Single());
        Assert.Equal(["a=1", "b=2"], response.Headers.GetValues("Set-Cookie"));
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Over_tls_the_backend_is_told_https()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write($"{r.Header["X-Forwarded-Proto"]} {r.Header["X-Forwarded-For"]} {r.Header["X-Forwarded-Host"]} {r.Host}"));
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartTlsAsync(proxy);
        Assert.Equal($"https 127.0.0.1 {front.Url.Authority} {backend.Url.Authority}", await front.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Events_are_passed_on_one_by_one()
    {
        var next = new SemaphoreSlim(0);
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await w.WriteAsync($"{i};");
                await w.FlushAsync();
                await next.WaitAsync().WaitAsync(Deadline.Default);
            }
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        await using var stream = await front.Client.GetStreamAsync("/");
        var buffer = new byte[10];
        for (var i = 0; i < 3; i++)
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 2)).AsTask().WaitAsync(Deadline.Default);
            Assert.Equal($"{i};", Encoding.ASCII.GetString(buffer, 0, 2));
            next.Release();
        }
        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task A_body_is_passed_on_while_it_is_still_being_sent()
    {
        var first = new TaskCompletionSource<string>();
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            var result = await r.Body.ReadAtLeastAsync(5);
            first.SetResult(Encoding.ASCII.GetString(result.Buffer.FirstSpan));
            r.Body.AdvanceTo(result.Buffer.End);
            w.Write(await r.ReadBodyAsync());
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        using var socket = new TcpClient("127.0.0.1", front.Url.Port);
        await socket.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nfirst\r\n"u8.ToArray());
        Assert.Equal("first", await first.Task.WaitAsync(Deadline.Default));
        await socket.GetStream().WriteAsync("6\r\nsecond\r\n0\r\n\r\n"u8.ToArray());
        Assert.EndsWith("second", await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trailers_of_a_response_are_passed_on(bool http2)
    {
        await using var backend = await TestServer.StartAsync((w, r) =>
        {
            w.Header["Trailer"] = "Grpc-Status";
            w.Write("body");
            w.Trailers["Grpc-Status"] = "0";
        });
        using var proxy = new ReverseProxy(backend.Url.ToString(), new() { Http2 = http2 });
        await using var front = await TestServer.StartAsync(proxy);
        using var client = front.CreateClient(http2 ? HttpVersion.Version20 : HttpVersion.Version11);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal("0", response.TrailingHeaders.GetValues("Grpc-Status").Single());
    }

    [Fact]
    public async Task A_call_with_two_streams_at_once_works_as_grpc_needs_it()
    {
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            await w.FlushAsync();
            while (true)
            {
                var read = await r.Body.ReadAsync();
                foreach (var segment in read.Buffer) await w.WriteAsync(segment);
                r.Body.AdvanceTo(read.Buffer.End);
                await w.FlushAsync();
                if (read.IsCompleted) break;
            }
            w.Trailers["Grpc-Status"] = "0";
        });
        using var proxy = new ReverseProxy(backend.Url.ToString(), new() { Http2 = true });
        await using var front = await TestServer.StartAsync(proxy);
        using var client = front.CreateClient(HttpVersion.Version20);
        var pipe = new System.IO.Pipelines.Pipe();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new DuplexContent(async (stream, cancellationToken) =>
        {
            while (await pipe.Reader.ReadAsync(cancellationToken) is { IsCompleted: false } read)
            {
                foreach (var segment in read.Buffer) await stream.WriteAsync(segment, cancellationToken);
                pipe.Reader.AdvanceTo(read.Buffer.End);
                await stream.FlushAsync(cancellationToken);
            }
        }),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { { "TE", "trailers" } }
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4];
        foreach (var message in new[] { "ping", "pong" })
        {
            await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(message));
            await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Deadline.Default);
            Assert.Equal(message, Encoding.ASCII.GetString(buffer));
        }
        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await stream.ReadAsync(buffer));
        Assert.Equal("0", response.TrailingHeaders.GetValues("Grpc-Status").Single());
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public async Task A_response_without_a_body_has_none_and_the_connection_goes_on(string method, int status)
    {
        await using var backend = await TestServer.StartAsync((w, r) =>
        {
            if (r.Path == "/again") { w.Write("again"); return; }
            if (method == "HEAD") w.Header["Content-Length"] = "12345";
            w.Header["ETag"] = "\"1\"";
            w.StatusCode = status;
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        using var socket = new TcpClient("127.0.0.1", front.Url.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{method} / HTTP/1.1\r\nHost: a\r\n\r\nGET /again HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        var text = await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default);
        Assert.StartsWith($"HTTP/1.1 {status} ", text);
        Assert.Contains("ETag: \"1\"\r\n", text);
        Assert.Contains("\r\n\r\nHTTP/1.1 200 OK\r\n", text);
        Assert.EndsWith("again", text);
        if (method == "HEAD") Assert.Contains("Content-Length: 12345\r\n", text);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_request_to_the_backend()
    {
        var begun = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            using var registration = r.Cancellation.Register(() => left.TrySetResult());
            begun.SetResult();
            await left.Task.WaitAsync(Deadline.Default);
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        using (var socket = new TcpClient("127.0.0.1", front.Url.Port))
        {
            await socket.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await begun.Task.WaitAsync(Deadline.Default);
        }
        await left.Task.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task Half_an_upload_is_no_whole_one_for_the_backend()
    {
        var seen = new TaskCompletionSource<Exception>();
        var begun = new TaskCompletionSource();
        await using var backend = await TestServer.StartAsync(async (w, r) =>
        {
            begun.SetResult();
            try
            {
                await r.ReadBodyAsync();
                seen.TrySetException(new InvalidOperationException("The body was whole."));
            }
            catch (IOException exception)
            {
                seen.TrySetResult(exception);
                throw;
            }
        });
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        using (var socket = new TcpClient("127.0.0.1", front.Url.Port))
        {
            await socket.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf"u8.ToArray());
            await begun.Task.WaitAsync(Deadline.Default);
        }
        Assert.IsType<RequestBodyException>(await seen.Task.WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_answered_with_413_by_the_proxy()
    {
        await using var backend = await TestServer.StartAsync(async (w, r) => w.Write(await r.ReadBodyAsync()));
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync((w, r) =>
        {
            r.MaxBodyBytes = 10;
            return proxy.ServeHttpAsync(w, r);
        });
        using var response = await front.Client.PostAsync("/", new ByteArrayContent(new byte[11]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_backend_may_refuse_a_body_that_waits_for_100_continue()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Error("too much", 413));
        using var proxy = new ReverseProxy(backend.Url.ToString());
        await using var front = await TestServer.StartAsync(proxy);
        using var socket = new TcpClient("127.0.0.1", front.Url.Port);
        await socket.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"u8.ToArray());
        var text = await new StreamReader(socket.GetStream()).ReadToEndAsync().WaitAsync(Deadline.Default);
        Assert.StartsWith("HTTP/1.1 413 ", text);
    }

    [Fact]
    public async Task A_unix_socket_is_a_destination_too()
    {
        using var folder = new Endless.Http.Tests.Processes.TempDirectory();
        var path = Path.Combine(folder.Path, "app.sock");
        var backend = EndlessServer.NewServer("unix:" + path, Handler.From((w, r) => w.Write(r.Header["X-Forwarded-For"] ?? "")));
        await using var _ = backend;
        await backend.StartAsync();
        using var proxy = new ReverseProxy("unix:" + path);
        await using var front = await TestServer.StartAsync(proxy);
        Assert.Equal("127.0.0.1", await front.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_destination_that_refuses_is_left_out_and_the_others_share()
    {
        var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var refused = $"http://{closed.LocalEndpoint}";
        closed.Stop();
        await using var a = await TestServer.StartAsync((w, r) => w.Write("a"));
        await using var b = await TestServer.StartAsync((w, r) => w.Write("b"));
        using var proxy = new ReverseProxy([refused, a.Url.ToString(), b.Url.ToString()]);
        await using var front = await TestServer.StartAsync(proxy);
        var answers = new List<string>();
        for (var i = 0; i < 12; i++) answers.Add(await (await front.Client.PostAsync("/", new StringContent("x"))).Content.ReadAsStringAsync());
        Assert.All(answers, answer => Assert.True(answer is "a" or "b", answer));
        Assert.InRange(answers.Count(answer => answer == "a"), 3, 9);
    }

    [Fact]
    public async Task Two_destinations_take_turns()
    {
        await using var a = await TestServer.StartAsync((w, r) => w.Write("a"));
        await using var b = await TestServer.StartAsync((w, r) => w.Write("b"));
        using var proxy = new ReverseProxy([a.Url.ToString(), b.Url.ToString()]);
        await using var front = await TestServer.StartAsync(proxy);
        var answers = "";
        for (var i = 0; i < 6; i++) answers += await front.Client.GetStringAsync("/");
        Assert.True(answers is "ababab" or "bababa", answers);
    }

    [Fact]
    public async Task The_destination_with_the_fewest_requests_is_asked()
    {
        var held = new TaskCompletionSource();
        var count = 0;
        await using var slow = await TestServer.StartAsync(async (w, r) =>
        {
            Interlocked.Increment(ref count);
            await held.Task.WaitAsync(Deadline.Default);
        });
        await using var quick = await TestServer.StartAsync((w, r) => w.Write("quick"));
        using var proxy = new ReverseProxy([slow.Url.ToString(), quick.Url.ToString()], new() { LoadBalancing = LoadBalancing.LeastRequests });
        await using var front = await TestServer.StartAsync(proxy);
        var waiting = new List<Task>();
        while (Volatile.Read(ref count) == 0)
        {
            var one = front.Client.GetAsync("/");
            waiting.Add(one);
            await Task.WhenAny(one, Deadline.UntilAsync(() => Volatile.Read(ref count) > 0, "the slow one is asked"));
        }
        for (var i = 0; i < 10; i++) Assert.Equal("quick", await front.Client.GetStringAsync("/"));
        held.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_function_says_where_a_request_goes()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write(r.Target));
        using var proxy = new ReverseProxy(r => new Uri(backend.Url, r.Host == "a.example" ? "/a?tenant=1" : "/b/"));
        await using var front = await TestServer.StartAsync(proxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x?y=2") { Headers = { Host = "a.example" } };
        Assert.Equal("/a/x?tenant=1&y=2", await (await front.Client.SendAsync(request)).Content.ReadAsStringAsync());
        Assert.Equal("/b/x", await front.Client.GetStringAsync("/x"));
    }

    [Fact]
    public async Task A_backend_is_told_what_was_cut_off_and_what_a_proxy_before_told()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write($"{r.Target} {r.Header["X-Forwarded-Prefix"]} {r.Header["X-Forwarded-For"]} {r.Header["X-Forwarded-Proto"]}"));
        using var proxy = new ReverseProxy(backend.Url.ToString());
        var handler = Middleware.ForwardedHeaders(new())(Handler.From((w, r) => proxy.ServeHttpAsync(w, new Request(r) { RawPath = r.RawPath["/api".Length..] })));
        await using var front = await TestServer.StartAsync(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x?y") { Headers = { { "X-Forwarded-For", "6.6.6.6, 203.0.113.9" }, { "X-Forwarded-Proto", "https" } } };
        Assert.Equal("/x?y /api 203.0.113.9 https", await (await front.Client.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Hooks_change_what_is_sent_both_ways()
    {
        await using var backend = await TestServer.StartAsync((w, r) => w.Write($"{r.Target} {r.Header["X-User"]}"));
        using var proxy = new ReverseProxy(backend.Url.ToString(), new()
        {
            Rewrite = (message, r) =>
            {
                message.RequestUri = new Uri(message.RequestUri!, "/other");
                message.Headers.Add("X-User", "ada");
            },
            ModifyResponse = (message, r) => message.Headers.Add("X-By", "proxy"),
            Via = "edge",
        });
        await using var front = await TestServer.StartAsync(proxy);
        // A client cannot have the field removed that the hook adds.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x") { Headers = { Connection = { "X-User" } } };
        using var response = await front.Client.SendAsync(request);
        Assert.Equal("/other ada", await response.Content.ReadAsStringAsync());
        Assert.Equal("proxy", response.Headers.GetValues("X-By").Single());
        Assert.Equal("1.1 edge", response.Headers.GetValues("Via").Single());
    }

    [Theory]
    [InlineData("ftp://a")]
    [InlineData("/a")]
    [InlineData("http://user@a")]
    [InlineData("127.0.0.1:80")]
    public void What_is_no_destination_is_refused(string destination) => Assert.Throws<ArgumentException>(() => new ReverseProxy(destination));
}
