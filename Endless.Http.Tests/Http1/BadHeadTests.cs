using System.Text;
using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>What is no request gets its 4xx or 5xx, once, and nothing behind it is answered.</summary>
public sealed class BadHeadTests
{
    private static readonly HandlerFunc Hello = (w, r) => w.Write("served " + r.Path);

    public static TheoryData<int, string> Heads => new()
    {
        // The request line (RFC 9112 section 3).
        { 400, "GET /\r\n\r\n" },
        { 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" },
        { 400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET / http/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1\r\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/11.1\r\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1x\r\nHost: a\r\n\r\n" },
        { 400, "GET / FTP/1.1\r\nHost: a\r\n\r\n" },
        { 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n" },
        { 505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n" },
        { 505, "GET / HTTP/3.1\r\nHost: a\r\n\r\n" },
        { 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" },
        { 400, "\0\0\0\0" },
        { 400, "{\"json\": 1}\r\n\r\n" },
        { 400, "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n" },

        // The target (section 3.2).
        { 400, "GET foo HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a\u0001 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a\u007f HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a\0 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET http://a/%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\n" },
        { 400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET http://u:p@a/x HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET http://a:x/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n" },
        { 400, "CONNECT http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n" },

        // Lines and fields (sections 2.2 and 5).
        { 400, "GET / HTTP/1.1\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\n\n" },
        { 400, "GET / HTTP/1.1\rHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0007b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\u007fb\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX\t: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX Y: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX\u00e9: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nX(: a\r\n\r\n" },

        // Host (section 3.2).
        { 400, "GET / HTTP/1.1\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nX: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: \u00e9\r\n\r\n" },
        { 400, "GET / HTTP/1.1\r\nHost: %zz\r\n\r\n" },
        { 400, "GET http://a/ HTTP/1.1\r\n\r\n" },
        { 400, "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n" },

        // Content-Length (RFC 9110 section 8.6).
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1e1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ,\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nx" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \u0661\r\n\r\nx" },

        // Transfer-Encoding (RFC 9112 sections 6.1 and 6.3).
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked x\r\n\r\n0\r\n\r\n" },
        { 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },

        // Expectations (RFC 9110 section 10.1.1).
        { 417, "GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n" },
        { 417, "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task It_is_refused_once_and_the_connection_closes(int status, string head)
    {
        await using var server = new Http1Fixture(Hello);
        await server.SendAsync(head);
        await server.SendAsync("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Connection.CloseByClient();

        var response = await server.Client.ReadAsync(isHead: head.StartsWith("HEAD", StringComparison.Ordinal));
        Assert.Equal(status, response.Status);
        Assert.Equal("close", response["Connection"]);
        Assert.True(response.Has("Date"));
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        await server.Client.AssertEndAsync();
        Assert.True(server.Connection.IsWriteShutDown);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("\x16")]
    [InlineData("\0")]
    [InlineData("GET / HTTP/1.1\n")]
    [InlineData("GET / HTTP/2.0\r\n")]
    [InlineData("GET /\r\n")]
    [InlineData("GET / HTTP/1.1\r\n ")]
    [InlineData("GET / HTTP/1.1\r\nX: a\rb")]
    [InlineData("GET / HTTP/1.1\r\nX: \0")]
    public async Task It_is_refused_before_it_is_complete(string start)
    {
        await using var server = new Http1Fixture(Hello);
        await server.SendAsync(start);
        Assert.InRange((await server.Client.ReadAsync()).Status, 400, 505);
    }

    [Theory]
    [InlineData(414, "GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 102)]
    [InlineData(414, "GET /{0}", 200)]
    [InlineData(501, "{0} / HTTP/1.1\r\nHost: a\r\n\r\n", 116)]
    [InlineData(501, "{0}", 200)]
    [InlineData(431, "GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 1000)]
    [InlineData(431, "GET / HTTP/1.1\r\nHost: a\r\nX: {0}", 1000)]
    public async Task It_is_refused_if_too_large(int status, string head, int length)
    {
        await using var server = new Http1Fixture(Hello, new ProtocolLimits { MaxHeaderBytes = 1000, MaxRequestLineBytes = 115 });
        await server.SendAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, head, new string('a', length)));
        Assert.Equal(status, (await server.Client.ReadAsync()).Status);
    }

    [Fact]
    public async Task It_is_refused_if_it_has_too_many_fields()
    {
        await using var server = new Http1Fixture(Hello);
        var head = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (var i = 0; i < 99; i++) head.Append("A: b\r\n");
        Assert.Equal(200, (await server.RoundTripAsync(head + "\r\n")).Status);
        Assert.Equal(431, (await server.RoundTripAsync(head + "A: b\r\n\r\n")).Status);
    }

    [Fact]
    public async Task HEAD_gets_no_body_with_its_refusal()
    {
        await using var server = new Http1Fixture(Hello);
        var response = await server.RoundTripAsync("HEAD / HTTP/1.1\r\n\r\n");
        Assert.Equal(400, response.Status);
        Assert.True(response.Has("Date"));
        server.Connection.CloseByClient();
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task A_request_that_the_client_cuts_off_gets_a_400()
    {
        await using var server = new Http1Fixture(Hello);
        await server.SendAsync("GET / HTTP/1.1\r\nHo");
        server.Connection.CloseByClient();
        Assert.Equal(400, (await server.Client.ReadAsync()).Status);
        await server.Client.AssertEndAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task A_client_that_says_nothing_hears_nothing(string bytes)
    {
        await using var server = new Http1Fixture(Hello);
        await server.SendAsync(bytes);
        server.Connection.CloseByClient();
        await server.Client.AssertEndAsync();
        server.AssertQuietLog();
    }

    [Fact]
    public async Task What_a_client_sends_is_not_logged()
    {
        await using var server = new Http1Fixture(Hello);
        await server.SendAsync("GET /secret\u0007 HTTP/1.1\r\n\r\n");
        Assert.Equal(400, (await server.Client.ReadAsync()).Status);
        server.AssertQuietLog();
        Assert.DoesNotContain(server.Logger.Entries, e => e.Text.Contains("secret", StringComparison.Ordinal) || e.Text.Any(char.IsControl));
    }
}
