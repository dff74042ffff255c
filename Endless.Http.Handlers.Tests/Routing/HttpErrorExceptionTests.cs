using System.Net;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Routing;

public sealed class HttpErrorExceptionTests
{
    private static readonly IHandler Refusing = Handler.From((ResponseWriter w, Request r) =>
    {
        w.Header["Retry-After"] = "7";
        w.Header["Content-Encoding"] = "gzip";
        throw new HttpErrorException(429, "not so fast, \u00fcber-client");
    });

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task It_is_answered_with_its_status_and_reason(string version)
    {
        await using var server = TestServer.InMemory(Refusing);
        for (var i = 0; i < 2; i++)
        {
            using var response = await server.Client.SendAsync(Get(version)).WaitAsync(Deadline.Default);
            Assert.Equal(429, (int)response.StatusCode);
            Assert.Equal("429 Too Many Requests: not so fast, \u00fcber-client\n", await response.Content.ReadAsStringAsync());
            Assert.Equal("7", response.Headers.GetValues("Retry-After").Single());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            Assert.Empty(response.Content.Headers.ContentEncoding);
            Assert.False(response.Headers.ConnectionClose == true);
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task One_of_a_task_is_answered_too_and_the_unread_body_discarded(string version)
    {
        await using var server = TestServer.InMemory(Handler.From(async (w, r) =>
        {
            w.WriteHeader(200);
            await w.WriteAsync("never seen");
            await Task.Yield();
            throw new HttpErrorException(404, "no such order", new InvalidOperationException("a secret"));
        }));
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(new byte[10_000]) };
            using var response = await server.Client.SendAsync(request).WaitAsync(Deadline.Default);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("404 Not Found: no such order\n", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_recorder_answers_it_as_a_server_does()
    {
        var w = await ResponseRecorder.RecordAsync(Refusing, new Request("GET", "/"));
        Assert.Equal((429, "429 Too Many Requests: not so fast, \u00fcber-client\n"), (w.StatusCode, w.Text));
    }

    [Fact]
    public async Task A_long_reason_is_cut_between_characters_and_kept_to_one_line()
    {
        await using var server = TestServer.InMemory(Handler.From((ResponseWriter w, Request r) => throw new HttpErrorException(400, "a\r\nb" + new string('\u20ac', 5_000))));
        using var response = await server.Client.GetAsync("/").WaitAsync(Deadline.Default);
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("400 Bad Request: a  b\u20ac", text, StringComparison.Ordinal);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 2_040, 2_048);
        Assert.DoesNotContain('\ufffd', text);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task After_a_part_of_the_response_the_client_sees_that_it_is_not_whole(string version)
    {
        await using var server = TestServer.InMemory(Handler.From(async (w, r) =>
        {
            await w.WriteAsync("part");
            await w.FlushAsync();
            throw new HttpErrorException(400, "too late");
        }));
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await server.Client.SendAsync(Get(version), HttpCompletionOption.ResponseContentRead);
        }).WaitAsync(Deadline.Default);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(399)]
    [InlineData(600)]
    public void Its_status_is_that_of_an_error(int status) => Assert.Throws<ArgumentOutOfRangeException>("statusCode", () => new HttpErrorException(status, "x"));

    private static HttpRequestMessage Get(string version) => new(HttpMethod.Get, "/") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
}
