using System.Net;
using System.Net.Sockets;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class ForwardedHeadersTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9:0")]
    [InlineData("203.0.113.9:4711", "203.0.113.9:4711")]
    [InlineData("2001:db8::1", "[2001:db8::1]:0")]
    [InlineData("[2001:db8::1]:80", "[2001:db8::1]:80")]
    [InlineData("6.6.6.6, 203.0.113.9", "203.0.113.9:0")] // the client's own word comes first
    [InlineData("6.6.6.6, 203.0.113.9, 10.0.0.5", "203.0.113.9:0")] // a trusted proxy behind a trusted proxy
    [InlineData("10.0.0.6, 10.0.0.5", "10.0.0.6:0")]
    [InlineData("203.0.113.9, garbage", "127.0.0.1:1234")]
    [InlineData("203.0.113.9, ", "127.0.0.1:1234")]
    [InlineData("", "127.0.0.1:1234")]
    [InlineData("1", "127.0.0.1:1234")]
    [InlineData("0x7f.1", "127.0.0.1:1234")]
    [InlineData("fe80::1%eth0", "127.0.0.1:1234")]
    [InlineData("203.0.113.9, unknown, 10.0.0.5", "10.0.0.5:0")]
    public async Task The_list_is_read_from_its_end(string field, string client) =>
        Assert.Equal(client, await AskAsync(new() { Proxies = ["127.0.0.1", "10.0.0.0/8"] }, new RequestBuilder("GET", "/").Header("X-Forwarded-For", field)));

    [Fact]
    public async Task Lines_are_one_list() =>
        Assert.Equal("203.0.113.9:0", await AskAsync(new() { Proxies = ["127.0.0.1", "10.0.0.0/8"] }, new RequestBuilder("GET", "/").Header("X-Forwarded-For", "6.6.6.6, 203.0.113.9").Header("X-Forwarded-For", "10.0.0.7")));

    [Fact]
    public async Task What_comes_from_somebody_else_is_not_believed()
    {
        var request = new RequestBuilder("GET", "/").RemoteEndPoint(new IPEndPoint(IPAddress.Parse("198.51.100.1"), 9)).Header("X-Forwarded-For", "127.0.0.1").Header("X-Forwarded-Proto", "https");
        Assert.Equal("198.51.100.1:9", await AskAsync(new(), request));
    }

    [Fact]
    public async Task A_mapped_address_is_the_proxys_too() =>
        Assert.Equal("203.0.113.9:0", await AskAsync(new(), new RequestBuilder("GET", "/").RemoteEndPoint(new IPEndPoint(IPAddress.Parse("::ffff:127.0.0.1"), 9)).Header("X-Forwarded-For", "203.0.113.9")));

    [Fact]
    public async Task A_unix_socket_is_trusted_where_that_is_said()
    {
        var request = new RequestBuilder("GET", "/").RemoteEndPoint(null).Header("X-Forwarded-For", "203.0.113.9");
        Assert.Equal("203.0.113.9:0", await AskAsync(new() { Proxies = ["unix"] }, request));
        Assert.Equal("", await AskAsync(new(), request));
        Assert.Equal("203.0.113.9:0", await AskAsync(new() { Proxies = ["unix"] }, request.RemoteEndPoint(new UnixDomainSocketEndPoint("/a"))));
    }

    [Fact]
    public async Task A_spoofed_chain_of_a_thousand_hops_costs_and_tells_nothing()
    {
        var chain = string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"10.0.{i / 256}.{i % 256}"));
        // All of them are said to be trusted proxies: no more than eight are believed.
        Assert.Equal("10.0.3.224:0", await AskAsync(new() { Proxies = ["127.0.0.1", "10.0.0.0/8"] }, new RequestBuilder("GET", "/").Header("X-Forwarded-For", chain)));
        Assert.Equal("10.0.3.231:0", await AskAsync(new() { Proxies = ["127.0.0.1"] }, new RequestBuilder("GET", "/").Header("X-Forwarded-For", chain)));
        var forwarded = string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"for=10.0.{i / 256}.{i % 256}"));
        Assert.Equal("10.0.3.224:0", await AskAsync(new() { Proxies = ["127.0.0.1", "10.0.0.0/8"], UseForwarded = true }, new RequestBuilder("GET", "/").Header("Forwarded", forwarded)));
    }

    [Theory]
    [InlineData("for=203.0.113.9;proto=https;host=a.example", "203.0.113.9:0 https a.example")]
    [InlineData("For=\"[2001:db8::1]:4711\";Proto=HTTPS", "[2001:db8::1]:4711 https localhost")]
    [InlineData("for=6.6.6.6;proto=http, for=\"203.0.113.9:80\";proto=https", "203.0.113.9:80 https localhost")]
    [InlineData("for=_hidden;proto=https", "127.0.0.1:1234 https localhost")]
    [InlineData("for=unknown", "127.0.0.1:1234 http localhost")]
    [InlineData("for=\"203.0.113.9", "127.0.0.1:1234 http localhost")]
    [InlineData("for=203.0.113.9;host=\"a b\"", "203.0.113.9:0 http localhost")]
    [InlineData("for=203.0.113.9;host=\"a\\\"b\"", "203.0.113.9:0 http localhost")]
    [InlineData("for=203.0.113.9;proto=javascript", "203.0.113.9:0 http localhost")]
    [InlineData("garbage", "127.0.0.1:1234 http localhost")]
    public async Task The_field_of_rfc_7239_is_read_where_that_is_said(string field, string seen) =>
        Assert.Equal(seen, await AskAllAsync(new() { UseForwarded = true, UseHost = true }, new RequestBuilder("GET", "/").Header("Forwarded", field).Header("X-Forwarded-For", "6.6.6.6")));

    [Theory]
    [InlineData("https", null, "203.0.113.9:0 https localhost")]
    [InlineData("http, https", "evil.example, a.example", "203.0.113.9:0 https a.example")]
    [InlineData("ftp", "a b", "203.0.113.9:0 http localhost")]
    public async Task Scheme_and_host_are_the_nearest_proxys_word(string scheme, string? host, string seen)
    {
        var request = new RequestBuilder("GET", "/").Header("X-Forwarded-For", "203.0.113.9").Header("X-Forwarded-Proto", scheme);
        if (host is not null) request.Header("X-Forwarded-Host", host);
        Assert.Equal(seen, await AskAllAsync(new() { UseHost = true }, request));
    }

    [Fact]
    public async Task The_host_is_left_alone_unless_that_is_said() =>
        Assert.Equal("203.0.113.9:0 http localhost", await AskAllAsync(new(), new RequestBuilder("GET", "/").Header("X-Forwarded-For", "203.0.113.9").Header("X-Forwarded-Host", "a.example")));

    [Fact]
    public void A_scheme_is_one_of_two()
    {
        Assert.Equal("http", new Request("GET", "https://a.example/").Scheme);
        Assert.Equal("https", new Request(new Request("GET", "/") { Scheme = "https" }).Scheme);
        foreach (var scheme in new[] { "HTTPS", "", "ftp", "https://" }) Assert.Throws<ArgumentException>(() => new Request("GET", "/") { Scheme = scheme });
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/33")]
    public void What_is_no_network_is_refused(string proxy) => Assert.Throws<ArgumentException>(() => Middleware.ForwardedHeaders(new() { Proxies = [proxy] }));

    private static async Task<string> AskAsync(ForwardedHeadersOptions options, RequestBuilder request) => (await AskAllAsync(options, request)).Split(' ')[0];

    private static async Task<string> AskAllAsync(ForwardedHeadersOptions options, RequestBuilder request)
    {
        var handler = Middleware.ForwardedHeaders(options)(Handler.From((w, r) => w.Write($"{r.RemoteEndPoint} {r.Scheme} {r.Host}")));
        return (await ResponseRecorder.RecordAsync(handler, request.Build())).Text;
    }
}
