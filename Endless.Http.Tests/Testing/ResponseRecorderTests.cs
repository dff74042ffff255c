using System.Text;
using System.Text.Json;
using Endless.Http.Testing;

namespace Endless.Http.Tests.Testing;

public sealed class ResponseRecorderTests
{
    private static readonly HandlerFunc Hello = (w, r) => w.Write($"Hello, {r.Query["name"]}!");

    [Fact]
    public async Task A_handlers_test_is_three_lines()
    {
        var r = new RequestBuilder("GET", "/hello?name=Ada").Header("Accept", "text/plain").Build();
        var w = await ResponseRecorder.RecordAsync(Hello, r);
        Assert.Equal("Hello, Ada!", w.Text);
        Assert.Equal((200, "text/plain; charset=utf-8", "11"), (w.StatusCode, w.SentHeader["Content-Type"], w.SentHeader["Content-Length"]));
    }

    [Fact]
    public async Task The_header_is_that_of_the_first_write()
    {
        var w = await ResponseRecorder.RecordAsync((w, _) =>
        {
            w.Header["X"] = "before";
            w.Write("a");
            w.Header["X"] = "after";
            w.Header["Y"] = "after";
        }, new Request("GET", "/"));
        Assert.Equal(("before", null), (w.SentHeader["X"], w.SentHeader["Y"]));
    }

    [Fact]
    public async Task It_is_a_response_of_the_servers_own()
    {
        Assert.Equal("", (await ResponseRecorder.RecordAsync(Hello, new Request("HEAD", "/"))).Text);
        var large = await ResponseRecorder.RecordAsync(async (w, _) => await w.WriteAsync(new byte[100_000]), new Request("GET", "/"));
        Assert.Equal((100_000, null), (large.Body.Length, large.SentHeader["Content-Length"]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ResponseRecorder.RecordAsync((w, _) =>
        {
            w.StatusCode = 204;
            w.Write("no");
        }, new Request("GET", "/")));
        await Assert.ThrowsAsync<NotSupportedException>(() => ResponseRecorder.RecordAsync(new HandlerFunc((_, _) => throw new NotSupportedException()), new Request("GET", "/")));
    }

    [Fact]
    public async Task A_handler_called_with_a_recorder_of_ones_own_is_ended_by_EndAsync()
    {
        var r = new RequestBuilder("GET", "/").Build();
        var w = new ResponseRecorder(r);
        await Handler.From(Hello).ServeHttpAsync(w, r);
        Assert.Contains("EndAsync", Assert.Throws<InvalidOperationException>(() => w.Text).Message, StringComparison.Ordinal);
        await w.EndAsync();
        await w.EndAsync();
        Assert.Equal("Hello, !", w.Text);
        Assert.Throws<InvalidOperationException>(() => w.Write("late"));
        Assert.Throws<InvalidOperationException>(() => r.Header["X"]);
        Assert.True(r.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task A_mux_is_a_handler_too()
    {
        var mux = new ServeMux();
        mux.HandleFunc("GET /items/{id}", (w, r) => w.Write(r.PathValue("id")));
        Assert.Equal("7", (await ResponseRecorder.RecordAsync(mux, new Request("GET", "/items/7"))).Text);
        Assert.Equal(405, (await ResponseRecorder.RecordAsync(mux, new Request("PUT", "/items/7"))).StatusCode);
    }

    [Fact]
    public async Task A_builder_builds_what_a_client_would_send()
    {
        using var cancelled = new CancellationTokenSource();
        var r = new RequestBuilder("POST", "/a?b=c").Header("X", "1").Header("X", "2").Host("h.example").PathValue("id", "7").Value("user", "Ada").Cancellation(cancelled.Token).Json(new { Name = "Ada" }).Build();
        Assert.Equal(["1", "2"], r.Header.Values("X"));
        Assert.Equal(("POST", "/a", "c", "h.example", "7", "Ada", "127.0.0.1:1234"), (r.Method, r.Path, r.Query["b"], r.Host, r.PathValue("id"), (string?)r.Values["user"], r.RemoteEndPoint!.ToString()));
        var body = await r.ReadBodyAsync();
        Assert.Equal("Ada", JsonDocument.Parse(body).RootElement.GetProperty("name").GetString());
        Assert.Equal(("application/json; charset=utf-8", r.ContentLength), (r.Header["Content-Type"], body.Length));
        await cancelled.CancelAsync();
        Assert.True(r.Cancellation.IsCancellationRequested);

        var builder = new RequestBuilder("POST", "/").Form(new("a", "1 2"), new("b", "&"));
        for (var i = 0; i < 2; i++) Assert.Equal("a=1+2&b=%26", Encoding.UTF8.GetString(await builder.Build().ReadBodyAsync()));
        Assert.Equal("text", Encoding.UTF8.GetString(await new RequestBuilder("PUT", "/").Body("text").Build().ReadBodyAsync()));
        Assert.Null(new RequestBuilder("GET", "/").RemoteEndPoint(null).Build().RemoteEndPoint);
        Assert.ThrowsAny<ArgumentException>(() => new RequestBuilder("GET", "/").Header("a b", "1"));
        Assert.ThrowsAny<ArgumentException>(() => new RequestBuilder("GET", "/").Host("a b"));
    }
}
