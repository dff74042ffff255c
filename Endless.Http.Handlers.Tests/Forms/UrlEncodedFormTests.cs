using System.Diagnostics;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Forms;

public sealed class UrlEncodedFormTests
{
    [Fact]
    public async Task Values_are_decoded_and_come_in_order()
    {
        var form = await Sent.Form("a=1&b=x+y&c=%C4%8D%26&a=2&d&e=&&=f&g=h=i").ReadFormAsync();
        Assert.Equal([new("a", "1"), new("b", "x y"), new("c", "č&"), new("a", "2"), new("d", ""), new("e", ""), new("", "f"), new("g", "h=i")], form.Values);
        Assert.Equal("1", form["a"]);
        Assert.Null(form["q"]);
        Assert.Empty(form.Files);
        Assert.Null(form.File("a"));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("Application/X-WWW-Form-Urlencoded; charset=ISO-8859-1")]
    public async Task It_is_UTF8_whatever_the_charset(string type) => Assert.Equal("é�", (await Sent.Form("a=%C3%A9%E9", type).ReadFormAsync())["a"]);

    [Theory]
    [InlineData("PUT", "1")]
    [InlineData("PATCH", "1")]
    [InlineData("GET", null)]
    [InlineData("DELETE", null)]
    [InlineData("QUERY", null)]
    public async Task It_is_read_of_POST_PUT_and_PATCH(string method, string? expected)
    {
        var r = Sent.Form("a=1", method: method);
        Assert.Equal(expected, (await r.ReadFormAsync())["a"]);
        Assert.Equal(expected ?? "query", r.FormValue("a"));
        Assert.Equal("query", r.FormValue("q"));
        Assert.Null(r.FormValue("none"));
    }

    [Fact]
    public async Task Without_a_body_it_is_empty() => Assert.Empty((await new RequestBuilder("POST", "/").Build().ReadFormAsync()).Values);

    [Fact]
    public async Task A_body_of_another_type_is_refused_and_left_to_others()
    {
        foreach (var type in new[] { "application/json", "text/plain", "", "application/x-www-form-urlencode", "multipart/mixed; boundary=b" })
        {
            var r = Sent.Form("a=1", type);
            Assert.Equal("query", r.FormValue("a"));
            await Sent.RefusedAsync(415, "application/x-www-form-urlencoded", r);
            Assert.Equal("a=1"u8.ToArray(), await r.ReadBodyAsync());
        }
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%2")]
    [InlineData("a=%zz")]
    [InlineData("%=1")]
    [InlineData("x=1&a=%+1")]
    public Task Percent_garbage_is_refused(string body) => Sent.RefusedAsync(400, "percent", Sent.Form(body));

    [Fact]
    public Task A_raw_semicolon_is_refused_as_in_Go() => Sent.RefusedAsync(400, "semicolon", Sent.Form("a=1;b=2"));

    [Fact]
    public async Task A_NUL_is_a_character_like_others() => Assert.Equal("a\0b\0", (await Sent.Form("n%00=a%00b\0").ReadFormAsync())["n\0"]);

    [Fact]
    public async Task Each_limit_holds()
    {
        var limits = new FormOptions { MaxFields = 3, MaxNameBytes = 4, MaxValueBytes = 5, MaxValuesBytes = 30 };
        Assert.Equal(3, (await Sent.Form("abcd=12345&b=2&&c=%31%31%31%31%31", Sent.UrlEncoded).ReadFormAsync(new FormOptions { MaxFields = 3, MaxNameBytes = 4, MaxValueBytes = 5, MaxValuesBytes = 40 })).Values.Count);
        await Sent.RefusedAsync(413, "3 fields", Sent.Form("a&b&c&d"), limits);
        await Sent.RefusedAsync(413, "name", Sent.Form("abcde=1"), limits);
        await Sent.RefusedAsync(413, "value", Sent.Form("a=123456"), limits);
        await Sent.RefusedAsync(413, "30 bytes", Sent.Form("a=1&b=2&c=3&&&&&&&&&&&&&&&&&&&&"), limits);
    }

    [Fact]
    public async Task A_hundred_thousand_fields_and_a_name_of_a_megabyte_are_refused()
    {
        await Sent.RefusedAsync(413, "1000 fields", Sent.Form(string.Join('&', Enumerable.Range(0, 100_000).Select(i => $"n{i}=v"))));
        await Sent.RefusedAsync(413, "name", Sent.Form(new string('n', 1 << 20)));
        await Sent.RefusedAsync(413, $"{10 << 20} bytes", Sent.Form(new string('v', (10 << 20) + 1)));
    }

    [Fact]
    public async Task Byte_by_byte_costs_no_more_than_at_once()
    {
        var body = Sent.Bytes("a=%41" + new string('x', 1_000_000));
        var r = new Request(new RequestBuilder("POST", "/").Header("Content-Type", Sent.UrlEncoded).Build()) { Body = new Pieces(body, 1) };
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(1_000_001, (await r.ReadFormAsync())["a"]!.Length);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"It took {Stopwatch.GetElapsedTime(started)}.");
    }

    [Fact]
    public async Task Middleware_and_handler_have_the_same_form()
    {
        var r = Sent.Form("a=1");
        var form = await r.ReadFormAsync();
        Assert.Same(form, await r.ReadFormAsync());
        Assert.Same(form, await new Request(r) { RawPath = "/x" }.ReadFormAsync());
        var other = new Request(r) { Body = new Pieces(Sent.Bytes("a=2"), 1) };
        Assert.Equal("2", (await other.ReadFormAsync())["a"]);
    }

    [Fact]
    public async Task A_handler_that_does_not_catch_answers_the_status_and_the_reason()
    {
        await using var server = TestServer.InMemory(async (w, r) => w.Write((await r.ReadFormAsync())["a"] ?? "none"));
        foreach (var version in new[] { System.Net.HttpVersion.Version11, System.Net.HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            Assert.Equal("1", await PostAsync(client, "a=1", 200));
            Assert.Contains("percent sign", await PostAsync(client, "a=%", 400), StringComparison.Ordinal);
            Assert.Contains("1000 fields", await PostAsync(client, new string('&', 10) + string.Join('&', Enumerable.Repeat("a", 1001)), 413), StringComparison.Ordinal);
            Assert.Equal("1", await PostAsync(client, "a=1", 200));
        }
    }

    private static async Task<string> PostAsync(HttpClient client, string body, int status)
    {
        using var content = new StringContent(body, null, Sent.UrlEncoded);
        using var response = await client.PostAsync("/", content);
        Assert.Equal(status, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
