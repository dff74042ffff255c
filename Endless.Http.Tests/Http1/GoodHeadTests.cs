namespace Endless.Http.Tests.Http1;

/// <summary>What strictness must not refuse, and what a handler sees of it.</summary>
public sealed class GoodHeadTests
{
    private static async Task<Response> AskAsync(string head, Func<Request, string> answer)
    {
        await using var server = new Http1Fixture((w, r) => w.Write(answer(r)));
        return await server.RoundTripAsync(head);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/|/||a|HTTP/1.1")]
    [InlineData("GET /a%20b?x=1&y=%20 HTTP/1.1\r\nhOST: a.example:8080\r\n\r\n", "GET|/a%20b?x=1&y=%20|/a b|x=1&y=%20|a.example:8080|HTTP/1.1")]
    [InlineData("GET /? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET|/?|/||[::1]:80|HTTP/1.1")]
    [InlineData("GET /a[1]|{x}^\"<> HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/a[1]|{x}^\"<>|/a[1]|{x}^\"<>||a|HTTP/1.1")]
    [InlineData("GET //a/../b HTTP/1.1\r\nHost: a\r\n\r\n", "GET|//a/../b|//a/../b||a|HTTP/1.1")]
    [InlineData("GET /%C3%A9%ff HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/%C3%A9%ff|/\u00e9\ufffd||a|HTTP/1.1")]
    [InlineData("GET http://b.example/x?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET|http://b.example/x?q|/x|q|b.example|HTTP/1.1")]
    [InlineData("GET HTTP://b.example HTTP/1.1\r\nHost:\r\n\r\n", "GET|HTTP://b.example|/||b.example|HTTP/1.1")]
    [InlineData("GET http://b:1?q HTTP/1.1\r\nHost: b\r\n\r\n", "GET|http://b:1?q|/|q|b:1|HTTP/1.1")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: b\r\n\r\n", "CONNECT|a:443|||a:443|HTTP/1.1")]
    [InlineData("M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH|/|/||a|HTTP/1.1")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n", "get|/|/||a|HTTP/1.1")]
    [InlineData("GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET|/|/||a|HTTP/1.1")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "GET|/|/|||HTTP/1.0")]
    [InlineData("GET / HTTP/1.0\r\nHost:\r\n\r\n", "GET|/|/|||HTTP/1.0")]
    [InlineData("GET / HTTP/1.1\r\nHost:a:\r\n\r\n", "GET|/|/||a:|HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\r\nHost: %41\r\n\r\n", "GET|/|/||%41|HTTP/1.1")]
    [InlineData("GET / HTTP/1.0\r\nExpect: anything\r\n\r\n", "GET|/|/|||HTTP/1.0")]
    public async Task A_handler_sees_its_parts(string head, string expected)
    {
        string? seen = null;
        var isConnect = head.StartsWith("CONNECT", StringComparison.Ordinal);
        await using var server = new Http1Fixture((w, r) =>
        {
            seen = string.Join('|', r.Method, r.Target, r.Path, r.RawQuery, r.Host, r.Protocol);
            if (isConnect) w.WriteHeader(204);
        });
        await server.SendAsync(head);
        Assert.Equal(isConnect ? 204 : 200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Field_values_are_bytes_without_white_space_around_them()
    {
        var response = await AskAsync("GET / HTTP/1.1\r\nHost: a\r\nA:  x \t y\t \r\nB:\r\nc:\u00e9\r\nA: 2\r\n\r\n", r =>
            string.Join('|', r.Header.Select(f => f.Key + "=" + f.Value)) + $" {r.Header["a"]} {r.Header.Values("A").Count} {r.Header["none"] is null} {r.Header.Count}");
        Assert.Equal("Host=a|A=x \t y|B=|c=\u00e9|A=2 x \t y 2 True 5", response.Text);
    }

    [Theory]
    [InlineData("Content-Length: 3")]
    [InlineData("Content-Length: 003")]
    public async Task Content_Length_may_have_zeros_before_it(string fields)
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
        var response = await server.RoundTripAsync($"POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\nabc");
        Assert.Equal("abc", response.Text);
        Assert.Equal(200, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Content_Length_is_decimal()
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync($"{r.Header["Content-Length"]} {r.ContentLength} {(await r.ReadBodyAsync()).Length}"));
        Assert.Equal("010 10 10", (await server.RoundTripAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 010\r\n\r\n0123456789")).Text);
    }

    [Fact]
    public async Task Parts_are_not_mixed_up_between_requests()
    {
        await using var server = new Http1Fixture((w, r) => w.Write($"{r.Target} {r.Header["X"]} {r.Query["q"]} {r.Values.Count} {r.PathValue("p")}"));
        Assert.Equal("/a?q=1 1 1 0 ", (await server.RoundTripAsync("GET /a?q=1 HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n")).Text);
        Assert.Equal("/b   0 ", (await server.RoundTripAsync("GET /b HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.Equal("/b   0 ", (await server.RoundTripAsync("GET /b HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }
}
