using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Endless.Http.Testing;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Messages;

/// <summary>Requests that programs make: middleware of a few lines, as users write it.</summary>
public sealed class RequestCopyTests
{
    /// <summary>Go's <c>http.StripPrefix</c>.</summary>
    private static IHandler StripPrefix(string prefix, IHandler next) => Handler.From((w, r) =>
    {
        if (r.RawPath.StartsWith(prefix, StringComparison.Ordinal)) return next.ServeHttpAsync(w, new Request(r) { RawPath = r.RawPath[prefix.Length..] });
        w.StatusCode = 404;
        return Task.CompletedTask;
    });

    /// <summary>Behind a proxy that is trusted.</summary>
    private static IHandler ForwardedFor(IHandler next) => Handler.From((w, r) =>
        next.ServeHttpAsync(w, IPAddress.TryParse(r.Header["X-Forwarded-For"], out var client) ? new Request(r) { RemoteEndPoint = new IPEndPoint(client, 0) } : r));

    private static IHandler MethodOverride(IHandler next) => Handler.From((w, r) =>
        next.ServeHttpAsync(w, r is { Method: "POST" } && r.Header["X-HTTP-Method-Override"] is { } method ? new Request(r) { Method = method } : r));

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_mux_behind_three_middlewares_sees_what_they_changed(string version)
    {
        var seenOutside = "";
        var mux = new ServeMux();
        mux.HandleFunc("DELETE /items/{id}", (w, r) => w.Write($"{r.Method} {r.PathValue("id")} {r.RemoteEndPoint} {r.Target} {r.Query["q"]} {r.Values["who"]} {r.Header["X"]}"));
        var inner = StripPrefix("/api", ForwardedFor(MethodOverride(mux)));
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            r.Values["who"] = "Ada";
            await inner.ServeHttpAsync(w, r);
            seenOutside = $"{r.Pattern} {r.Method} {r.Path} {r.PathValue("id")}";
        });
        using var client = server.CreateClient(Version.Parse(version));
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/items/a%2Fb?q=1") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Headers.Add("X-Forwarded-For", "192.0.2.1");
        message.Headers.Add("X-HTTP-Method-Override", "DELETE");
        message.Headers.Add("X", "y");
        var answer = await client.SendAsync(message);
        Assert.Equal("DELETE a/b 192.0.2.1:0 /api/items/a%2Fb?q=1 1 Ada y", await answer.Content.ReadAsStringAsync());
        Assert.Equal("DELETE /items/{id} POST /api/items/a/b ", seenOutside);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/other")).StatusCode);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_copy_is_refused_late_as_its_original_is(string version)
    {
        var kept = new TaskCompletionSource<Request>();
        var log = new LogRecorder();
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            var copy = new Request(new Request(r) { Path = "/copied" }) { Method = "PUT" };
            var token = copy.Cancellation;
            Assert.Equal("body", Encoding.UTF8.GetString(await copy.ReadBodyAsync()));
            Assert.Equal("text/plain; charset=utf-8", copy.Header["Content-Type"]);
            Assert.False(token.IsCancellationRequested);
            kept.SetResult(copy);
        }, log);
        using var client = server.CreateClient(Version.Parse(version));
        await client.PostAsync("/", new StringContent("body"));
        var copy = await kept.Task;
        Assert.True(copy.Cancellation.IsCancellationRequested);
        Assert.Throws<InvalidOperationException>(() => copy.Header["Content-Type"]);
        Assert.Throws<InvalidOperationException>(() => copy.Body.TryRead(out _));
        Assert.Throws<InvalidOperationException>(() => copy.Trailers);
        Assert.Throws<InvalidOperationException>(() => copy.MaxBodyBytes = 1);
        Assert.Equal("PUT /copied", $"{copy.Method} {copy.Path}");
    }

    [Theory]
    [InlineData("1.1", 200)]
    [InlineData("2.0", 200)]
    [InlineData("1.1", 413)]
    [InlineData("2.0", 413)]
    public async Task A_body_made_of_the_originals_is_read_within_the_handlers_limit(string version, int status)
    {
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            await using var gzip = new GZipStream(r.BodyStream, CompressionMode.Decompress);
            var copy = new Request(r) { Body = PipeReader.Create(gzip) };
            Assert.Equal(-1, copy.ContentLength);
            copy.MaxBodyBytes = status == 413 ? 10 : 100_000;
            w.Write($"{(await copy.ReadBodyAsync()).Length}");
        }, new LogRecorder());
        using var client = server.CreateClient(Version.Parse(version));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(new byte[100_000]);
        var answer = await client.PostAsync("/", new ByteArrayContent(packed.ToArray()));
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 200) Assert.Equal("100000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_copys_own_cancellation_and_path_values_leave_the_original_alone()
    {
        using var source = new CancellationTokenSource();
        var r = new Request("GET", "http://a.example:8080/x%20y?z");
        r.SetPathValue("id", "1");
        var copy = new Request(r) { Cancellation = source.Token, RawQuery = "a=b", Host = "b.example", Path = "/ä/%" };
        copy.SetPathValue("id", "2");
        copy.Values["k"] = "v";
        Assert.Equal(source.Token, copy.Cancellation);
        Assert.Equal(source.Token, new Request(copy).Cancellation);
        Assert.NotEqual(source.Token, r.Cancellation);
        Assert.Equal(("1", "2", "v"), (r.PathValue("id"), copy.PathValue("id"), r.Values["k"]));
        Assert.Equal(("a.example:8080", "/x y", "/x%20y", "z"), (r.Host, r.Path, r.RawPath, r.RawQuery));
        Assert.Equal(("b.example", "/ä/%", "/%C3%A4/%25", "a=b", "http://a.example:8080/x%20y?z"), (copy.Host, copy.Path, copy.RawPath, copy.RawQuery, copy.Target));
        Assert.Equal("b", copy.Query["a"]);
        Assert.Equal("/", new Request(r) { RawPath = "" }.Path);
        Assert.Empty(await copy.ReadBodyAsync());
    }

    [Fact]
    public async Task A_made_request_has_what_its_initializer_says()
    {
        var body = PipeReader.Create(new ReadOnlySequence<byte>("hello"u8.ToArray()));
        var r = new Request("PUT", "/a?b=c") { Header = { ["X"] = "1" }, ContentLength = 5, Body = body, RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) };
        Assert.Equal("PUT /a b=c HTTP/1.1 localhost 1 5 127.0.0.1:1", $"{r.Method} {r.Path} {r.RawQuery} {r.Protocol} {r.Host} {r.Header["X"]} {r.ContentLength} {r.RemoteEndPoint}");
        Assert.Equal("hello", Encoding.UTF8.GetString(await r.ReadBodyAsync()));
        Assert.Null(r.Tls);
        Assert.Empty(r.Trailers);
        Assert.Equal(0, new Request("GET", "/").ContentLength);
        Assert.Empty(await new Request("GET", "/").ReadBodyAsync());
    }

    [Fact]
    public void What_no_request_has_is_refused()
    {
        var r = new Request("GET", "/");
        foreach (var make in new Func<Request>[]
        {
            () => new("G T", "/"), () => new("", "/"), () => new("GET", "x"), () => new("GET", ""), () => new("GET", "/ä"), () => new("GET", "/a b"), () => new("GET", "*"), () => new("GET", "/%00"),
            () => new(r) { Method = "a b" }, () => new(r) { Path = "x" }, () => new(r) { RawPath = "x" }, () => new(r) { RawPath = "/?" }, () => new(r) { RawPath = "/%zz" }, () => new(r) { Path = "/\0" },
            () => new(r) { RawQuery = "a b" }, () => new(r) { Host = "a b" }, () => new(r) { Target = "x" }, () => new(r) { ContentLength = -2 },
        })
            Assert.ThrowsAny<ArgumentException>(make);
    }
}
