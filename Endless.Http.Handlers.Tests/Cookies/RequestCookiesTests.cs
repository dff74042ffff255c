using System.Diagnostics;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Cookies;

public sealed class RequestCookiesTests
{
    [Fact]
    public void They_come_in_order_and_names_compare_with_case()
    {
        var r = Sent("a=1; b=2; A=3; a=4");
        Assert.Equal([new("a", "1"), new("b", "2"), new("A", "3"), new("a", "4")], r.Cookies());
        Assert.Equal("1", r.Cookie("a"));
        Assert.Equal("3", r.Cookie("A"));
        Assert.Null(r.Cookie("B"));
    }

    [Fact]
    public void Without_a_cookie_there_is_none()
    {
        var r = new RequestBuilder("GET", "/").Build();
        Assert.Empty(r.Cookies());
        Assert.Null(r.Cookie("a"));
        Assert.Empty(default(RequestCookies));
    }

    [Fact]
    public void Several_lines_are_one_list() =>
        Assert.Equal([new("a", "1"), new("b", "2"), new("c", "3")], Sent("a=1; b=2", "c=3").Cookies());

    [Theory]
    [InlineData("a=\"x y\"", "x y")]
    [InlineData("a=x y", "x y")]
    [InlineData("a=\"\"", "")]
    [InlineData("a=", "")]
    [InlineData("a", "")]
    [InlineData("a=b=c", "b=c")]
    [InlineData("  a=1  ", "1")]
    [InlineData(";;; ; a=1;", "1")]
    [InlineData("=x; a=1", "1")]
    [InlineData("a b=1; a=2", "2")]
    [InlineData("a=\"; a=2", "2")]
    [InlineData("a=x\\y; a=2", "2")]
    [InlineData("a=\u00e9; a=2", "2")]
    [InlineData("(=1; a=2", "2")]
    public void A_value_is_read_as_Go_reads_it(string line, string expected) => Assert.Equal(expected, Sent(line).Cookie("a"));

    [Fact]
    public void An_empty_name_is_no_cookie() => Assert.Null(Sent("=x").Cookie(""));

    [Fact]
    public async Task Crumbs_of_HTTP2_are_one_list()
    {
        await using var server = TestServer.InMemory((w, r) => w.Write(string.Join(',', r.Cookies().Select(cookie => cookie.Key + cookie.Value))));
        foreach (var version in new[] { System.Net.HttpVersion.Version11, System.Net.HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("Cookie", "a=1; b=2; c=3");
            Assert.Equal("a1,b2,c3", await (await client.SendAsync(request)).Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public void A_hundred_thousand_are_walked_in_one_pass()
    {
        var r = Sent(string.Join("; ", Enumerable.Range(0, 100_000).Select(i => $"n{i}={i}")));
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(100_000, r.Cookies().Count());
        Assert.Equal("99999", r.Cookie("n99999"));
        // Each by itself would take 100,000 times 1.3 MB: minutes.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), $"It took {Stopwatch.GetElapsedTime(started)}.");
    }

    [Fact]
    public void A_look_at_one_allocates_its_value_and_little_else()
    {
        var r = Sent("theme=dark; session=abcdef; lang=en");
        for (var i = 0; i < 100; i++) r.Cookie("session");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) r.Cookie("session");
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.True(each <= 160, $"{each} bytes");
    }

    private static Request Sent(params string[] lines)
    {
        var builder = new RequestBuilder("GET", "/");
        foreach (var line in lines) builder.Header("Cookie", line);
        return builder.Build();
    }
}
