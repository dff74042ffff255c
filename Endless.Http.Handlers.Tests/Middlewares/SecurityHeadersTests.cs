using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class SecurityHeadersTests
{
    [Fact]
    public async Task The_defaults_guard_a_page_and_a_handler_may_differ()
    {
        var handler = Middleware.SecurityHeaders()(Handler.From((w, r) => w.Header.Remove("X-Frame-Options")));
        var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        Assert.Equal("nosniff", w.SentHeader["X-Content-Type-Options"]);
        Assert.Equal("strict-origin-when-cross-origin", w.SentHeader["Referrer-Policy"]);
        Assert.Equal("same-origin", w.SentHeader["Cross-Origin-Opener-Policy"]);
        Assert.Equal("frame-ancestors 'self'", w.SentHeader["Content-Security-Policy"]);
        Assert.Null(w.SentHeader["X-Frame-Options"]);
        Assert.Null(w.SentHeader["Strict-Transport-Security"]);
    }

    [Fact]
    public async Task Strict_transport_is_for_those_who_came_by_tls()
    {
        var handler = Middleware.SecurityHeaders(new() { StrictTransport = TimeSpan.FromDays(365), StrictTransportSubdomains = true })(Handler.From((w, r) => { }));
        await using var tls = await TestServer.StartTlsAsync(handler);
        using var response = await tls.Client.GetAsync("/");
        Assert.Equal("max-age=31536000; includeSubDomains", response.Headers.GetValues("Strict-Transport-Security").Single());
        await using var clear = TestServer.InMemory(handler);
        using var other = await clear.Client.GetAsync("/");
        Assert.False(other.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Each_request_has_a_nonce_of_its_own()
    {
        var handler = Middleware.SecurityHeaders(new() { ContentSecurityPolicy = "script-src 'nonce-{nonce}'" })(Handler.From((w, r) => w.Write((string)r.Values["csp-nonce"]!)));
        var seen = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
            Assert.Equal($"script-src 'nonce-{w.Text}'", w.SentHeader["Content-Security-Policy"]);
            Assert.Equal(16, Convert.FromBase64String(w.Text).Length);
            Assert.True(seen.Add(w.Text));
        }
    }

    [Fact]
    public void A_value_that_ends_its_line_is_refused() =>
        Assert.Throws<ArgumentException>(() => Middleware.SecurityHeaders(new() { ContentSecurityPolicy = "default-src 'self'\r\nX: y {nonce}" }));
}
