using System.Buffers;
using System.Net;
using System.Text.Json;
using Endless.Http.Testing;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class RecoverTests
{
    private const string Secret = "the password is <b>x</b>";

    [Theory]
    [InlineData("/sync")]
    [InlineData("/async")]
    [InlineData("/pending")]
    public async Task A_failure_is_a_problem_that_says_nothing_and_is_logged_once(string path)
    {
        var logger = new CollectingLogger();
        var mux = Failing();
        await using var server = TestServer.InMemory(mux, logger);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            using var response = await client.GetAsync(path);
            Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
            Assert.Equal("""{"title":"Internal Server Error","status":500,"detail":"the server\u0027s handler failed"}""", await response.Content.ReadAsStringAsync());
            Assert.Contains($"route \"GET {path}\"", Assert.Single(logger.Events, one => one.Level == LogLevel.Error).Text);
            Assert.Equal("1", response.Headers.GetValues("X-Kept").Single());
            logger.Events.Clear();
        }
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "text/plain")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/json, text/plain", "application/problem+json")]
    [InlineData("*/*", "application/problem+json")]
    [InlineData("image/png", "application/problem+json")]
    public async Task The_form_is_what_the_client_prefers(string accept, string type)
    {
        var w = await ResponseRecorder.RecordAsync(Failing(), new RequestBuilder("GET", "/sync").Header("Accept", accept).Build());
        Assert.StartsWith(type, w.SentHeader["Content-Type"]);
        Assert.DoesNotContain("password", w.Text);
    }

    [Fact]
    public async Task Exceptions_of_handlers_choose_the_answer()
    {
        var w = await RecordAsync(_ => throw new HttpErrorException(404, "no such order"));
        Assert.Equal((404, """{"title":"Not Found","status":404,"detail":"no such order"}"""), (w.StatusCode, w.Text));
        w = await RecordAsync(_ => throw new ProblemException(new ProblemDetails(409) { Type = "https://example.com/sent" }));
        Assert.Equal((409, """{"type":"https://example.com/sent","status":409}"""), (w.StatusCode, w.Text));
        w = await RecordAsync(_ => throw new KeyNotFoundException(), new RecoverOptions { Map = e => e is KeyNotFoundException ? new ProblemDetails(404) : null });
        Assert.Equal(404, w.StatusCode);
        await Assert.ThrowsAsync<AbortHandlerException>(() => RecordAsync(_ => throw new AbortHandlerException()));
    }

    [Fact]
    public async Task A_response_that_has_begun_is_cut_off()
    {
        await using var server = TestServer.InMemory(
            Middleware.Recover()(Handler.From(async (w, r) =>
            {
                await w.WriteAsync("a");
                await w.FlushAsync();
                throw new InvalidOperationException(Secret);
            })),
            new CollectingLogger());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task What_waits_in_the_pipe_is_not_sent_before_the_answer()
    {
        await using var server = TestServer.InMemory(
            Middleware.Recover()(Handler.From((w, r) =>
            {
                w.BodyWriter.Write("half an answer"u8);
                throw new InvalidOperationException(Secret);
            })),
            new CollectingLogger());
        using var response = await server.Client.GetAsync("/");
        Assert.Equal(500, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task The_developer_page_is_escaped_and_for_this_machine_alone()
    {
        var options = new RecoverOptions { ShowDetails = true };
        var local = new RequestBuilder("GET", "/%3Cscript%3E").Header("Accept", "text/html").Header("Cookie", "session=1");
        var w = await ResponseRecorder.RecordAsync(Handler(options), local.Build());
        Assert.Equal((500, "text/html; charset=utf-8"), (w.StatusCode, w.SentHeader["Content-Type"]));
        Assert.Contains("the password is &lt;b&gt;x&lt;/b&gt;", w.Text);
        Assert.Contains(nameof(RecoverTests), w.Text);
        Assert.DoesNotContain("<b>", w.Text);
        Assert.DoesNotContain("session=1", w.Text);

        foreach (var other in new[]
        {
            new RequestBuilder("GET", "/").Header("Accept", "text/html").RemoteEndPoint(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1)),
            new RequestBuilder("GET", "/").Header("Accept", "text/html").Header("X-Forwarded-For", "192.0.2.1"),
            new RequestBuilder("GET", "/").Header("Accept", "text/html").Host("attacker.example"),
            new RequestBuilder("GET", "/").RemoteEndPoint(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1)),
        })
        {
            Assert.DoesNotContain("password", (await ResponseRecorder.RecordAsync(Handler(options), other.Build())).Text);
        }
        Assert.DoesNotContain("password", (await ResponseRecorder.RecordAsync(Handler(new RecoverOptions { ShowDetails = false }), local.Build())).Text);
        Assert.DoesNotContain("password", (await ResponseRecorder.RecordAsync(Handler(new RecoverOptions()), local.Build())).Text);
        Assert.Contains("the password is", (await ResponseRecorder.RecordAsync(Handler(options), new RequestBuilder("GET", "/").Build())).Text);

        static IHandler Handler(RecoverOptions options) => Middleware.Recover(options)(Endless.Http.Handler.From((w, r) => throw new InvalidOperationException(Secret)));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_a_problem_too()
    {
        await using var server = TestServer.InMemory(Middleware.Chain(Middleware.Recover(), Middleware.MaxBody(10))(Handler.From(async (w, r) => await r.ReadBodyAsync())));
        foreach (var body in new HttpContent[] { new StringContent(new string('x', 11)), new StreamContent(new MemoryStream(new byte[100])) { Headers = { ContentLength = null } } })
        {
            using var response = await server.Client.PostAsync("/", body);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        }
        using var good = await server.Client.PostAsync("/", new StringContent(new string('x', 10)));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    private static ServeMux Failing()
    {
        var mux = new ServeMux();
        mux.Handle("GET /sync", With(Handler.From((w, r) => throw new InvalidOperationException(Secret))));
        mux.Handle("GET /async", With(Handler.From((w, r) => Task.FromException(new InvalidOperationException(Secret)))));
        mux.Handle("GET /pending", With(Handler.From(async (w, r) =>
        {
            await Task.Yield();
            w.Header["ETag"] = "\"1\"";
            throw new InvalidOperationException(Secret);
        })));
        return mux;

        static IHandler With(IHandler next) => Middleware.Recover()(Handler.From((w, r) =>
        {
            w.Header["X-Kept"] = "1";
            return next.ServeHttpAsync(w, r);
        }));
    }

    private static Task<ResponseRecorder> RecordAsync(Action<ResponseWriter> handler, RecoverOptions? options = null) =>
        ResponseRecorder.RecordAsync(Middleware.Recover(options)(Handler.From((w, r) => handler(w))), new RequestBuilder("GET", "/").Build());
}
