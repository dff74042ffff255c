using System.Net;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Semantics;

public sealed class AnswerTests
{
    [Fact]
    public async Task An_error_takes_away_what_was_meant_for_the_content()
    {
        var w = await RecordAsync((w, r) =>
        {
            w.Header.Set("Content-Length", "999");
            w.Header.Set("Content-Encoding", "gzip");
            w.Header.Set("ETag", "\"x\"");
            w.Header.Set("Cache-Control", "max-age=3600");
            w.Error("no such thing", HttpStatusCode.Gone);
        });
        Assert.Equal((410, "no such thing\n"), (w.StatusCode, w.Text));
        Assert.Equal("text/plain; charset=utf-8", w.SentHeader["Content-Type"]);
        Assert.Equal("nosniff", w.SentHeader["X-Content-Type-Options"]);
        Assert.Equal("14", w.SentHeader["Content-Length"]);
        Assert.Null(w.SentHeader["ETag"] ?? w.SentHeader["Content-Encoding"] ?? w.SentHeader["Cache-Control"]);
    }

    [Fact]
    public async Task A_text_of_any_size_has_its_length()
    {
        var w = await RecordAsync((w, r) => w.Text(new string('é', 10_000)));
        Assert.Equal("20000", w.SentHeader["Content-Length"]);
        Assert.Equal(200, w.StatusCode);
    }

    [Theory]
    [InlineData("/b", "/b")]
    [InlineData("b", "/a/b")]
    [InlineData("../b?x=../y#z", "/b?x=../y#z")]
    [InlineData("/a//../b/", "/b/")]
    [InlineData("?page=2", "/a/c?page=2")]
    [InlineData("https://example.org/x y", "https://example.org/x%20y")]
    [InlineData("//example.org/../x", "//example.org/../x")]
    [InlineData("/é\r\nSet-Cookie: a=b", "/%C3%A9%0D%0ASet-Cookie:%20a=b")]
    [InlineData("/\\evil.example", "/%5Cevil.example")]
    public async Task A_redirect_leads_there(string url, string location)
    {
        var w = await RecordAsync((w, r) => w.Redirect(r, url, HttpStatusCode.SeeOther), "/a/c");
        Assert.Equal((303, location), (w.StatusCode, w.SentHeader["Location"]));
        Assert.StartsWith("<a href=\"", w.Text);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil")]
    [InlineData("")]
    public async Task A_local_redirect_leads_to_no_other_host(string path)
    {
        var w = await RecordAsync((w, r) => w.RedirectLocal(r, path));
        Assert.Equal((400, null), (w.StatusCode, w.SentHeader["Location"]));
    }

    [Fact]
    public async Task A_redirect_of_a_post_has_no_body()
    {
        var w = await ResponseRecorder.RecordAsync((w, r) => w.Redirect(r, "/b"), new RequestBuilder("POST", "/a").Build());
        Assert.Equal((302, "", null), (w.StatusCode, w.Text, w.SentHeader["Content-Type"]));
    }

    private static Task<ResponseRecorder> RecordAsync(HandlerFunc handler, string target = "/") => ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", target).Build());
}
