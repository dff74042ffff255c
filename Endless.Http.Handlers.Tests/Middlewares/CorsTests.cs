using System.Diagnostics;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class CorsTests
{
    private static readonly CorsOptions Some = new() { Origins = ["https://app.example", "http://localhost:3000", "https://*.wide.example", "https://*.port.example:8443"], Headers = ["Content-Type", "Authorization"], ExposedHeaders = ["X-Total"], Credentials = true };

    [Fact]
    public async Task An_allowed_origin_may_read()
    {
        var w = await AskAsync(Some, "GET", ("Origin", "https://app.example"));
        Assert.Equal("https://app.example", w.SentHeader["Access-Control-Allow-Origin"]);
        Assert.Equal("true", w.SentHeader["Access-Control-Allow-Credentials"]);
        Assert.Equal("X-Total", w.SentHeader["Access-Control-Expose-Headers"]);
        Assert.Contains("Origin", w.SentHeader.Values("Vary"));
        Assert.Equal("body", w.Text);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:444")]
    [InlineData("https://app.example.evil.example")]
    [InlineData("https://evilapp.example")]
    [InlineData("https://app.example/")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("https://*.wide.example")]
    [InlineData("https://wide.example")]
    [InlineData("https://.wide.example")]
    [InlineData("https://evilwide.example")]
    [InlineData("https://evil.example/.wide.example")]
    [InlineData("https://evil.example#.wide.example")]
    [InlineData("https://evil.example?.wide.example")]
    [InlineData("https://user@a.wide.example")]
    [InlineData("http://a.wide.example")]
    [InlineData("https://a.wide.example:444")]
    [InlineData("https://a.port.example")]
    public async Task Another_origin_gets_no_leave_and_its_request_is_served(string origin)
    {
        // The pattern itself, as an origin, matches as text: it is no origin that a browser can have.
        var w = await AskAsync(Some, "GET", ("Origin", origin));
        if (origin != "https://*.wide.example") Assert.Null(w.SentHeader["Access-Control-Allow-Origin"]);
        Assert.Equal("Origin", w.SentHeader["Vary"]);
        Assert.Equal("body", w.Text);
    }

    [Theory]
    [InlineData("https://a.wide.example")]
    [InlineData("https://a.b-c.wide.example")]
    [InlineData("https://x.port.example:8443")]
    [InlineData("http://localhost:3000")]
    public async Task Hosts_below_a_wildcard_may_read(string origin) => Assert.Equal(origin, (await AskAsync(Some, "GET", ("Origin", origin))).SentHeader["Access-Control-Allow-Origin"]);

    [Fact]
    public async Task A_request_without_an_origin_varies_all_the_same() => Assert.Equal("Origin", (await AskAsync(Some, "GET")).SentHeader["Vary"]);

    [Fact]
    public async Task A_handler_that_sets_vary_does_not_lose_the_origin()
    {
        var handler = Middleware.Cors(Some)(Handler.From((w, r) => w.Header["Vary"] = "Accept"));
        var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("Origin", "https://app.example").Build());
        Assert.Equal(["Accept", "Origin"], w.SentHeader.Values("Vary"));
    }

    [Fact]
    public async Task A_preflight_is_told_what_is_allowed()
    {
        var w = await AskAsync(Some, "OPTIONS", ("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "content-type,authorization"));
        Assert.Equal(204, w.StatusCode);
        Assert.Equal("https://app.example", w.SentHeader["Access-Control-Allow-Origin"]);
        Assert.Equal("GET, HEAD, POST, PUT, PATCH, DELETE", w.SentHeader["Access-Control-Allow-Methods"]);
        Assert.Equal("Content-Type, Authorization", w.SentHeader["Access-Control-Allow-Headers"]);
        Assert.Equal("600", w.SentHeader["Access-Control-Max-Age"]);
        Assert.Contains("Access-Control-Request-Headers", w.SentHeader["Vary"]);
    }

    [Theory]
    [InlineData("https://evil.example", "PUT", "content-type")]
    [InlineData("https://app.example", "TRACE", "content-type")]
    [InlineData("https://app.example", "put", "content-type")]
    [InlineData("https://app.example", "PUT", "content-type, x-evil")]
    public async Task A_preflight_for_what_is_not_allowed_gets_nothing_back(string origin, string method, string headers)
    {
        var w = await AskAsync(Some, "OPTIONS", ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));
        Assert.Equal(204, w.StatusCode);
        Assert.DoesNotContain(w.SentHeader, field => field.Key.StartsWith("Access-Control-Allow", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(w.SentHeader, field => field.Value.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_private_network_is_open_only_where_that_is_said()
    {
        var options = new CorsOptions { Origins = ["https://app.example"], PrivateNetwork = true };
        (string, string)[] fields = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Private-Network", "true")];
        Assert.Equal("true", (await AskAsync(options, "OPTIONS", fields)).SentHeader["Access-Control-Allow-Private-Network"]);
        Assert.Null((await AskAsync(Some, "OPTIONS", fields)).SentHeader["Access-Control-Allow-Private-Network"]);
    }

    [Fact]
    public async Task Everybody_may_read_without_vary_and_without_credentials()
    {
        var w = await AskAsync(new() { Origins = ["*"] }, "GET", ("Origin", "https://any.example"));
        Assert.Equal("*", w.SentHeader["Access-Control-Allow-Origin"]);
        Assert.Null(w.SentHeader["Access-Control-Allow-Credentials"]);
        Assert.Null(w.SentHeader["Vary"]);
    }

    [Fact]
    public async Task An_options_request_that_is_no_preflight_goes_to_the_handler() =>
        Assert.Equal("body", (await AskAsync(Some, "OPTIONS", ("Origin", "https://app.example"))).Text);

    [Fact]
    public async Task Two_origins_are_none() =>
        Assert.Null((await AskAsync(Some, "GET", ("Origin", "https://app.example"), ("Origin", "https://evil.example"))).SentHeader["Access-Control-Allow-Origin"]);

    [Fact]
    public async Task Ten_thousand_origins_cost_no_more_than_one()
    {
        var options = new CorsOptions { Origins = [.. Enumerable.Range(0, 10_000).Select(i => $"https://a{i}.example"), .. Enumerable.Range(0, 10_000).Select(i => $"https://*.b{i}.example")] };
        var handler = Middleware.Cors(options)(Handler.From((w, r) => { }));
        // A name of as many labels as fit, none of which leads anywhere.
        var request = new RequestBuilder("GET", "/").Header("Origin", "https://" + string.Concat(Enumerable.Repeat("a.", 130)) + "example");
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) await ResponseRecorder.RecordAsync(handler, request.Build());
        // 20,000 comparisons for each would take many seconds.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
        Assert.NotNull((await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("Origin", "https://x.b9999.example").Build())).SentHeader["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public void A_policy_that_opens_everything_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Middleware.Cors(new() { Origins = ["*"], Credentials = true }));
        Assert.Throws<ArgumentException>(() => Middleware.Cors(new() { Origins = ["https://a.example"], Headers = ["*"], Credentials = true }));
        Assert.Throws<ArgumentException>(() => Middleware.Cors(new() { Origins = ["https://a.example"], Headers = ["a\r\nb"] }));
        foreach (var origin in new[] { "https://a.example/", "a.example", "null", "", "https://a.example:443", "https://*", "https://a.*.example", "https://*.*.example", "https://a.example\r\nX: y" })
            Assert.Throws<ArgumentException>(() => Middleware.Cors(new() { Origins = [origin] }));
    }

    private static Task<ResponseRecorder> AskAsync(CorsOptions options, string method, params (string Name, string Value)[] fields)
    {
        var request = new RequestBuilder(method, "/");
        foreach (var (name, value) in fields) request.Header(name, value);
        return ResponseRecorder.RecordAsync(Middleware.Cors(options)(Handler.From((w, r) => w.Write("body"))), request.Build());
    }
}
