using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Cookies;

public sealed class SetCookieTests
{
    [Fact]
    public void The_defaults_are_the_secure_ones() => Assert.Equal("a=b; Path=/; HttpOnly; Secure; SameSite=Lax", new ResponseCookie("a", "b").ToString());

    [Fact]
    public void Every_attribute_is_written() =>
        Assert.Equal(
            "a=\"b c\"; Path=/x; Domain=example.org; Expires=Wed, 02 Jan 2030 03:04:05 GMT; Max-Age=60; HttpOnly; Secure; SameSite=None; Partitioned",
            new ResponseCookie("a", "b c")
            {
                Path = "/x",
                Domain = ".example.org",
                Expires = new DateTimeOffset(2030, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)),
                MaxAge = TimeSpan.FromMinutes(1),
                SameSite = SameSite.None,
                Partitioned = true,
            }.ToString());

    [Fact]
    public void Nothing_but_the_pair_is_needed() =>
        Assert.Equal("a=", new ResponseCookie("a", "") { Path = null, Secure = false, HttpOnly = false, SameSite = SameSite.Unspecified }.ToString());

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-5, "0")]
    [InlineData(0.5, "1")]
    [InlineData(59.9, "60")]
    public void An_age_is_in_whole_seconds_and_none_is_negative(double seconds, string expected) =>
        Assert.Contains($"; Max-Age={expected};", new ResponseCookie("a", "b") { MaxAge = TimeSpan.FromSeconds(seconds) }.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a=b")]
    [InlineData("a;b")]
    [InlineData("a\r\nX")]
    [InlineData("\u00e9")]
    public void A_name_that_is_no_token_is_refused(string name) => Refused(new ResponseCookie(name, "b"), "token");

    [Theory]
    [InlineData("a;b")]
    [InlineData("a\r\nSet-Cookie: x=y")]
    [InlineData("a\0")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("\u00e9")]
    [InlineData("\u010d\u010a")] // ends in CR LF where characters are cut to bytes
    [InlineData("\t")]
    public void A_value_that_none_may_have_is_refused(string value) => Refused(new ResponseCookie("a", value), "Uri.EscapeDataString");

    [Fact]
    public void What_is_encoded_is_taken() =>
        Assert.Equal("a;b\r\n\"é", Uri.UnescapeDataString(new RequestBuilder("GET", "/").Header("Cookie", new ResponseCookie("a", Uri.EscapeDataString("a;b\r\n\"é")).ToString().Split(';')[0]).Build().Cookie("a")!));

    [Fact]
    public void One_that_a_browser_would_drop_for_its_size_is_refused()
    {
        _ = new ResponseCookie("abcd", new string('x', 4092)).ToString();
        Refused(new ResponseCookie("abcd", new string('x', 4093)), "4096");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("/a;b")]
    [InlineData("/\n")]
    [InlineData("/\u00e9")]
    public void A_path_that_a_browser_would_ignore_is_refused(string path) => Refused(new ResponseCookie("a", "b") { Path = path }, "path");

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("-a.b")]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("[::1]")]
    [InlineData("example.org:80")]
    [InlineData("b\u00fccher.example")]
    public void A_domain_that_is_no_name_is_refused(string domain) => Refused(new ResponseCookie("a", "b") { Domain = domain }, "domain");

    [Fact]
    public void What_needs_Secure_is_refused_without()
    {
        Refused(new ResponseCookie("a", "b") { Secure = false, SameSite = SameSite.None }, "Secure = true");
        Refused(new ResponseCookie("a", "b") { Secure = false, Partitioned = true }, "Secure = true");
        Refused(new ResponseCookie("__Secure-a", "b") { Secure = false }, "Secure = true");
        Refused(new ResponseCookie("__HOST-a", "b") { Secure = false }, "Secure = true");
    }

    [Fact]
    public void A_prefix_is_held_to_what_it_promises()
    {
        _ = new ResponseCookie("__Host-a", "b").ToString();
        _ = new ResponseCookie("__Other-a", "b") { Secure = false }.ToString();
        Refused(new ResponseCookie("__Host-a", "b") { Path = "/x" }, "Path = \"/\"");
        Refused(new ResponseCookie("__Host-a", "b") { Path = null }, "Path = \"/\"");
        Refused(new ResponseCookie("__host-a", "b") { Domain = "example.org" }, "Domain = null");
        Refused(new ResponseCookie("__Http-a", "b") { HttpOnly = false }, "HttpOnly = true");
        Refused(new ResponseCookie("__Host-Http-a", "b") { HttpOnly = false }, "HttpOnly = true");
    }

    [Fact]
    public void An_expiry_that_browsers_cannot_read_and_an_unknown_SameSite_are_refused()
    {
        Refused(new ResponseCookie("a", "b") { Expires = DateTimeOffset.MinValue }, "1601");
        Refused(new ResponseCookie("a", "b") { SameSite = (SameSite)9 }, "SameSite");
    }

    [Fact]
    public async Task A_deleted_one_has_the_attributes_it_was_set_with()
    {
        var sent = await SentAsync(w =>
        {
            w.SetCookie("a", "1");
            w.DeleteCookie("b", domain: "example.org");
            w.DeleteCookie(new ResponseCookie("c", "secret") { Partitioned = true, MaxAge = TimeSpan.FromDays(1) });
        });
        Assert.Equal(
            [
                "a=1; Path=/; HttpOnly; Secure; SameSite=Lax",
                "b=; Path=/; Domain=example.org; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
                "c=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax; Partitioned",
            ],
            sent);
    }

    [Fact]
    public Task One_that_comes_too_late_is_refused() => SentAsync(w =>
    {
        w.Write("x");
        Assert.Contains("begun", Assert.Throws<InvalidOperationException>(() => w.SetCookie("a", "1")).Message, StringComparison.Ordinal);
    });

    private static async Task<IReadOnlyList<string>> SentAsync(Action<ResponseWriter> handler) =>
        (await ResponseRecorder.RecordAsync((w, r) => handler(w), new RequestBuilder("GET", "/").Build())).SentHeader.Values("Set-Cookie");

    private static void Refused(ResponseCookie cookie, string message) => Assert.Contains(message, Assert.Throws<ArgumentException>(cookie.ToString).Message, StringComparison.Ordinal);
}
