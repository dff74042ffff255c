using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

/// <summary>The rules that Go 1.25 documents for http.CrossOriginProtection, as a table.</summary>
public sealed class CrossOriginProtectionTests
{
    [Theory]
    [InlineData("GET", "cross-site", "https://evil.example", true)]
    [InlineData("HEAD", "cross-site", "https://evil.example", true)]
    [InlineData("OPTIONS", "cross-site", "https://evil.example", true)]
    [InlineData("POST", "same-origin", "https://evil.example", true)]
    [InlineData("POST", "none", null, true)]
    [InlineData("POST", "same-site", "https://site.example", false)]
    [InlineData("POST", "cross-site", null, false)]
    [InlineData("POST", "cross-site", "https://site.example", false)]
    [InlineData("POST", "anything", null, false)]
    [InlineData("POST", "Same-Origin", null, false)]
    [InlineData("PUT", "cross-site", null, false)]
    [InlineData("DELETE", "cross-site", null, false)]
    [InlineData("get", "cross-site", null, false)]
    [InlineData("TRACE", "cross-site", null, false)]
    [InlineData("POST", null, null, true)]
    [InlineData("POST", null, "", true)]
    [InlineData("POST", "", "https://site.example", true)]
    [InlineData("POST", null, "https://site.example", true)]
    [InlineData("POST", null, "http://site.example", true)]
    [InlineData("POST", null, "https://site.example:444", false)]
    [InlineData("POST", null, "https://SITE.example", false)]
    [InlineData("POST", null, "https://site.example.evil.example", false)]
    [InlineData("POST", null, "https://evil.example", false)]
    [InlineData("POST", null, "null", false)]
    [InlineData("POST", null, "site.example", false)]
    [InlineData("POST", null, "//site.example", false)]
    [InlineData("POST", null, "https://", false)]
    [InlineData("POST", "cross-site", "https://trusted.example", true)]
    [InlineData("POST", null, "https://trusted.example", true)]
    [InlineData("POST", null, "http://trusted.example", false)]
    [InlineData("POST", "cross-site", "https://Trusted.example", false)]
    // Go reads a URL here and takes its host; no browser sends more than an origin, and what is more is refused here.
    [InlineData("POST", null, "https://site.example/path", false)]
    [InlineData("POST", null, "https://user@site.example", false)]
    public async Task A_request_is_judged_as_go_does(string method, string? site, string? origin, bool passes)
    {
        var request = new RequestBuilder(method, "/").Host("site.example");
        if (site is not null) request.Header("Sec-Fetch-Site", site);
        if (origin is not null) request.Header("Origin", origin);
        var handler = Middleware.CrossOriginProtection(new() { TrustedOrigins = ["https://trusted.example"] })(Handler.From((w, r) => w.Write("in")));
        Assert.Equal(passes ? 200 : 403, (await ResponseRecorder.RecordAsync(handler, request.Build())).StatusCode);
    }

    [Fact]
    public async Task A_bypass_lets_in_what_it_names_and_no_more()
    {
        var handler = Middleware.CrossOriginProtection(new() { InsecureBypass = r => r.Path == "/hook" })(Handler.From((w, r) => { }));
        Assert.Equal(200, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("POST", "/hook").Header("Sec-Fetch-Site", "cross-site").Build())).StatusCode);
        Assert.Equal(403, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("POST", "/hook/").Header("Sec-Fetch-Site", "cross-site").Build())).StatusCode);
    }

    [Theory]
    [InlineData("trusted.example")]
    [InlineData("https://trusted.example/")]
    [InlineData("https://trusted.example?a")]
    [InlineData("https://trusted.example#a")]
    [InlineData("https://")]
    [InlineData("://trusted.example")]
    [InlineData("null")]
    [InlineData("")]
    public void What_is_no_origin_is_refused(string origin) =>
        Assert.Throws<ArgumentException>(() => Middleware.CrossOriginProtection(new() { TrustedOrigins = [origin] }));
}
