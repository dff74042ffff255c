using System.Text;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Handlers;

public sealed class ServeMuxTests
{
    private static async Task<Response> GetAsync(ServeMux mux, string target, string method = "GET", string host = "a")
    {
        await using var server = new Http1Fixture(mux);
        return await server.RoundTripAsync($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    }

    private static ServeMux Mux(params string[] patterns)
    {
        var mux = new ServeMux();
        foreach (var pattern in patterns) mux.HandleFunc(pattern, (w, r) => w.Write(pattern));
        return mux;
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/x", "/x")]
    [InlineData("/y", "/")]
    [InlineData("/x/", "/")]
    [InlineData("/sub/", "/sub/")]
    [InlineData("/sub/a/b", "/sub/")]
    [InlineData("/sub/deep", "/sub/deep")]
    [InlineData("/sub/deep/more", "/sub/")]
    [InlineData("/s%75b/a", "/sub/")]
    [InlineData("/sub%2Fdeep", "/")]
    [InlineData("/x?q=/sub/", "/x")]
    [InlineData("/only", "GET /only")]
    public async Task The_longest_path_wins(string target, string expected) =>
        Assert.Equal(expected, (await GetAsync(Mux("/", "/x", "/sub/", "/sub/deep", "GET /only"), target)).Text);

    [Theory]
    [InlineData("a.example", "/p", "/p")]
    [InlineData("b.example:8080", "/p", "b.example/p")]
    [InlineData("B.EXAMPLE", "/p", "b.example/p")]
    [InlineData("b.example", "/q", "/")]
    [InlineData("[::1]:80", "/p", "[::1]/p")]
    [InlineData("b.example.", "/p", "b.example/p")]
    [InlineData("b.example.:8080", "/p", "b.example/p")]
    [InlineData("b.example..", "/p", "/p")]
    [InlineData("c.example", "/p", "c.example./p")]
    [InlineData("c.example.", "/p", "c.example./p")]
    public async Task A_host_wins_over_none(string host, string target, string expected) =>
        Assert.Equal(expected, (await GetAsync(Mux("/", "/p", "b.example/p", "[::1]/p", "c.example./p"), target, host: host)).Text);

    [Fact]
    public async Task A_method_wins_over_none_and_falls_back_to_a_shorter_path()
    {
        var mux = Mux("/x", "POST /x", "/", "PUT /y");
        Assert.Equal("POST /x", (await GetAsync(mux, "/x", "POST")).Text);
        Assert.Equal("/x", (await GetAsync(mux, "/x")).Text);
        Assert.Equal("/", (await GetAsync(mux, "/y")).Text);
    }

    [Fact]
    public async Task Another_method_is_told_which_are_allowed()
    {
        var mux = Mux("GET /x", "PUT /x");
        var response = await GetAsync(mux, "/x", "POST");
        Assert.Equal(405, response.Status);
        Assert.Equal("GET, HEAD, PUT", response["Allow"]);
        Assert.Equal(200, (await GetAsync(mux, "/x", "HEAD")).Status);
    }

    [Fact]
    public async Task Nothing_fits()
    {
        var response = await GetAsync(Mux("/x"), "/y");
        Assert.Equal(404, response.Status);
        Assert.Equal("404 page not found\n", response.Text);
        Assert.Equal("nosniff", response["X-Content-Type-Options"]);
        Assert.Equal(404, (await GetAsync(new ServeMux(), "/")).Status);
    }

    [Theory]
    [InlineData("/.well-known/acme")]
    [InlineData("/sub/.hidden/...")]
    [InlineData("/..x")]
    public async Task A_segment_may_begin_with_a_dot(string target) => Assert.Equal("/", (await GetAsync(Mux("/"), target)).Text);

    [Fact]
    public async Task A_pattern_may_be_deeper_than_the_places_that_a_path_keeps()
    {
        var start = string.Concat(Enumerable.Range(0, 20).Select(i => $"/s{i}"));
        var mux = Mux(start + "/", start + "/x");
        mux.HandleFunc(start + "/{a}/{b}/{c...}", (w, r) => w.Write($"{r.PathValue("a")} {r.PathValue("b")} {r.PathValue("c")}"));
        Assert.Equal(start + "/", (await GetAsync(mux, start + "/")).Text);
        Assert.Equal(start + "/x", (await GetAsync(mux, start + "/x")).Text);
        Assert.Equal("1 %/2 3/4", (await GetAsync(mux, start + "/1/%25%2F2/3/4")).Text);
        Assert.Equal(start + "/", (await GetAsync(mux, start + "/1")).Text);
    }

    [Theory]
    [InlineData("//x", "/x")]
    [InlineData("/a/../x?q=1", "/x?q=1")]
    [InlineData("/./x", "/x")]
    [InlineData("/sub/..", "/")]
    [InlineData("/../../x", "/x")]
    [InlineData("/sub", "/sub/")]
    [InlineData("/sub?q", "/sub/?q")]
    [InlineData("//sub", "/sub/")]
    [InlineData("/a/%2e%2e/x", "/x")]
    [InlineData("/a/%2E%2e/x?q=%2e%2e", "/x?q=%2e%2e")]
    [InlineData("/a/.%2e/x", "/x")]
    [InlineData("/a/%2E./x", "/x")]
    [InlineData("/%2e/x", "/x")]
    [InlineData("/a/%2e%2e", "/")]
    [InlineData("/a/%2e", "/a/")]
    [InlineData("/a%20b/../%2e%2e/%2ex", "/%2ex")]
    [InlineData("//evil.example/..", "/")]
    [InlineData("//evil.example", "/evil.example")]
    [InlineData("/%2e%2e//evil.example", "/evil.example")]
    [InlineData("/a/../\\evil.example", "/%5Cevil.example")]
    [InlineData("/./\\\\evil.example", "/%5C%5Cevil.example")]
    [InlineData("/%2e/%5Cevil.example", "/%5Cevil.example")]
    [InlineData("/./%09//evil.example", "/%09/evil.example")]
    [InlineData("/./%0d%0aSet-Cookie:a=b", "/%0d%0aSet-Cookie:a=b")]
    [InlineData("/./<\"^`{|}>", "/%3C%22%5E%60%7B%7C%7D%3E")]
    public async Task A_path_is_mended_by_a_redirect(string target, string location)
    {
        var response = await GetAsync(Mux("/", "/x", "/sub/"), target);
        Assert.Equal(307, response.Status);
        Assert.Equal(location, response["Location"]);
    }

    [Fact]
    public async Task A_slash_that_is_added_leads_to_no_other_host()
    {
        var response = await GetAsync(Mux("/{first}/"), "/\\evil.example");
        Assert.Equal((307, "/%5Cevil.example/"), (response.Status, response["Location"]));
    }

    [Theory]
    [InlineData("/files/..%2Fsecret")]
    [InlineData("/files/a%2f..%2f..%2fsecret")]
    [InlineData("/files/%2e%2e%2fsecret")]
    [InlineData("/files/a%2F%2e%2E")]
    [InlineData("/files/a%2F.")]
    [InlineData("/a/../files/..%2Fsecret")]
    public async Task Dots_beside_an_encoded_slash_are_refused(string target) => Assert.Equal(400, (await GetAsync(Mux("/", "/files/{name}"), target)).Status);

    [Theory]
    [InlineData("/files/a%2Fb", "a/b")]
    [InlineData("/files/...%2F..b", ".../..b")]
    [InlineData("/files/%252e%252e", "%2e%2e")]
    [InlineData("/files/..%5Csecret", "..\\secret")]
    [InlineData("/files/%2e%2e%2e", "...")]
    [InlineData("/files/%2ehidden", ".hidden")]
    public async Task Other_dots_are_a_name_s(string target, string expected)
    {
        var mux = new ServeMux();
        mux.HandleFunc("/files/{name}", (w, r) => w.Write(r.PathValue("name")));
        Assert.Equal(expected, (await GetAsync(mux, target)).Text);
    }

    [Theory]
    [InlineData("/items/:id", "/items/{id}")]
    [InlineData("GET /:id/x", "/{id}/x")]
    [InlineData("/items/<id>", "/items/{id}")]
    [InlineData("/files/*", "/files/{rest...}")]
    [InlineData("/files/*path", "/files/{path...}")]
    [InlineData("/files/**", "/files/{rest...}")]
    [InlineData("/a/*/b", "/a/{name}/b")]
    [InlineData("get /x", "GET")]
    [InlineData("Post /x", "POST")]
    [InlineData("GET/x", "GET /x")]
    [InlineData("DELETE/", "DELETE /")]
    [InlineData("GET|POST /x", "one method")]
    [InlineData("GET /x ", "ends with a space")]
    [InlineData("/a?b=1", "the query")]
    [InlineData("/a?", "the query")]
    [InlineData("/a#b", "the fragment")]
    [InlineData("http://a.example/x", "no scheme")]
    [InlineData("GET https://a.example/", "no scheme")]
    [InlineData("a.example:8080/x", "no port")]
    [InlineData("[::1]:80/x", "no port")]
    [InlineData("*.example/x", "no wildcards")]
    [InlineData("/static/*.js", "/static/{name}")]
    [InlineData("a..example../x", "no host")]
    [InlineData("u@a.example/x", "no host")]
    [InlineData("::1/x", "no host")]
    [InlineData("CONNECT /x", "CONNECT")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/..%2Fb", "dots")]
    public void A_pattern_that_cannot_match_as_meant_says_what_was_meant(string pattern, string meant)
    {
        var error = Assert.Throws<ArgumentException>(() => Mux(pattern));
        Assert.Contains($"\"{pattern}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(meant, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/items/%3Aid", "/items/:id", "a")]
    [InlineData("/items/%2A", "/items/*", "a")]
    [InlineData("/items/%3Cid%3E", "/items/<id>", "a")]
    [InlineData("/a%3Fb", "/a%3fb", "a")]
    [InlineData("/v1/items:batch", "/v1/items:batch", "a")]
    [InlineData("/a*b", "/a*b", "a")]
    [InlineData("GET /a b/\u00e9", "/a%20b/%C3%A9", "a")]
    [InlineData("trace/x", "/x", "trace")]
    [InlineData("a_b/x", "/x", "A_B:80")]
    public async Task A_pattern_may_have_them_encoded_and_names_like_them(string pattern, string target, string host) =>
        Assert.Equal(pattern, Encoding.UTF8.GetString((await GetAsync(Mux(pattern), target, host: host)).Body));

    [Theory]
    [InlineData("x")]
    [InlineData("GET x")]
    [InlineData("GE(T /x")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/%zz")]
    [InlineData("/a{x}")]
    [InlineData("/{x}a")]
    [InlineData("/{x")]
    [InlineData("/{}")]
    [InlineData("/{...}")]
    [InlineData("/{1}")]
    [InlineData("/{a-b}")]
    [InlineData("/{x...}/b")]
    [InlineData("/{x...}/")]
    [InlineData("/{$}/b")]
    [InlineData("/{$}/")]
    [InlineData("/{x}/{x}")]
    [InlineData("/{x}/{x...}")]
    [InlineData("{h}/a")]
    public void A_malformed_pattern_is_refused(string pattern)
    {
        var error = Assert.Throws<ArgumentException>(() => Mux(pattern));
        Assert.Contains(pattern, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_twice_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Mux("GET /x", "GET /x"));
        Assert.Contains("\"GET /x\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/items/7", "/items/{id} id=7")]
    [InlineData("/items/a%2Fb%20c", "/items/{id} id=a/b c")]
    [InlineData("/items/", "/items/{$}")]
    [InlineData("/items/new", "/items/new")]
    [InlineData("/items/7/parts/9", "/items/{id}/parts/{part} id=7 part=9")]
    [InlineData("/items/new/parts/9", "/items/{id}/parts/{part} id=new part=9")]
    [InlineData("/items/7/parts", "/")]
    [InlineData("/files/a/b%2Fc/", "/files/{path...} path=a/b/c/")]
    [InlineData("/files/", "/files/{path...} path=")]
    [InlineData("/files/secret", "/files/secret")]
    [InlineData("/u/ann/x/y", "/u/{name}/{rest...} name=ann rest=x/y")]
    public async Task A_wildcard_fits_a_segment_or_all_the_rest(string target, string expected)
    {
        var mux = new ServeMux();
        string[] patterns = ["/", "/items/{id}", "/items/{$}", "/items/new", "/items/{id}/parts/{part}", "/files/{path...}", "/files/secret", "/u/{name}/{rest...}"];
        foreach (var pattern in patterns)
        {
            mux.HandleFunc(pattern, (w, r) =>
            {
                w.Write(r.Pattern);
                foreach (var name in (string[])["id", "part", "path", "name", "rest"])
                    if (pattern.Contains("{" + name, StringComparison.Ordinal)) w.Write($" {name}={r.PathValue(name)}");
            });
        }
        Assert.Equal(expected, (await GetAsync(mux, target)).Text);
    }

    [Fact]
    public async Task The_next_request_of_a_connection_has_path_values_of_its_own()
    {
        var mux = new ServeMux();
        mux.HandleFunc("/a/{x}", (w, r) => w.Write(r.PathValue("x")));
        mux.HandleFunc("/b/{y}", (w, r) => w.Write(r.PathValue("x") + "," + r.PathValue("y")));
        await using var server = new Http1Fixture(mux);
        Assert.Equal("1", (await server.RoundTripAsync("GET /a/1 HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        Assert.Equal(",2", (await server.RoundTripAsync("GET /b/2 HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    [Theory]
    [InlineData("/sub", "/sub/{rest...}", "/sub/")]
    [InlineData("/sub", "/sub/{$}", "/sub/")]
    [InlineData("/a/sub", "/{x}/sub/", "/a/sub/")]
    public async Task A_slash_is_missing(string target, string pattern, string location) =>
        Assert.Equal(location, (await GetAsync(Mux("/", pattern), target))["Location"]);

    [Fact]
    public async Task A_wildcard_that_fits_is_not_redirected() => Assert.Equal("/{x}", (await GetAsync(Mux("/{x}", "/sub/"), "/sub")).Text);

    [Theory]
    [InlineData("/x", "/x")]
    [InlineData("/{a}", "/{b}")]
    [InlineData("/a/", "/a/{rest...}")]
    [InlineData("/{a}/x", "/x/{b}")]
    [InlineData("GET /", "/x")]
    [InlineData("GET /x/{a}", "HEAD /{b}/y")]
    [InlineData("/a/{x...}", "/{y}/b/")]
    [InlineData("GET /{a}/{$}", "/x/{rest...}")]
    [InlineData("H.example/x", "h.EXAMPLE/x")]
    public void Patterns_that_conflict_are_refused(string first, string second)
    {
        var message = Assert.Throws<ArgumentException>(() => Mux(first, second)).Message;
        Assert.Contains(first, message, StringComparison.Ordinal);
        Assert.Contains(second, message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Mux(second, first));
    }

    [Theory]
    [InlineData("/a/{b}", "/{a}/")]
    [InlineData("/{a}", "/x")]
    [InlineData("/{a}", "/{a}/")]
    [InlineData("/{a}/", "/{$}")]
    [InlineData("GET /x", "POST /x")]
    [InlineData("GET /x", "HEAD /x")]
    [InlineData("GET /x", "/")]
    [InlineData("GET /{a}", "POST /x")]
    [InlineData("h.example/{x}", "/x")]
    [InlineData("/a/{x}/c", "/a/b/{x}/d")]
    public void Patterns_of_which_one_is_more_specific_stand_beside_each_other(string first, string second)
    {
        Mux(first, second);
        Mux(second, first);
    }

    [Fact]
    public void A_conflict_names_a_request_that_both_fit() =>
        Assert.Equal(
            "The patterns \"GET /x/{b}\" and \"/{a}/y\" both fit GET /x/y, and neither is more specific than the other: each fits requests that the other does not. " +
            "Write one of them more narrowly, or one pattern for both, whose handler decides. (Parameter 'pattern')",
            Assert.Throws<ArgumentException>(() => Mux("/{a}/y", "GET /x/{b}")).Message);

    [Theory]
    [InlineData("GET /", "/status", "GET /status", "/")]
    [InlineData("/status", "GET /", "GET /status", "/")]
    [InlineData("POST \th.example/{rest...}", "h.example/x", "POST h.example/x", "h.example/{rest...}")]
    public void A_conflict_of_methods_with_paths_says_what_to_write(string first, string second, string one, string other)
    {
        var message = Assert.Throws<ArgumentException>("pattern", () => Mux(first, second)).Message;
        Assert.Contains($"Write \"{one}\" in place of the one, or \"{other}\" in place of the other.", message);
        Mux(first[0] == '/' ? one : first, first[0] == '/' ? second : one);
        Mux(first[0] == '/' ? first : other, first[0] == '/' ? other : second);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("get /x")]
    [InlineData("/a?b")]
    [InlineData("/a/:id")]
    [InlineData("/a/../b")]
    [InlineData("/{a}/{a}")]
    [InlineData("/%zz")]
    [InlineData("/{1}")]
    public void A_bad_pattern_is_named_by_its_parameter(string pattern) => Assert.Throws<ArgumentException>("pattern", () => Mux(pattern));

    [Theory]
    [InlineData("/")]
    [InlineData("/{rest...}")]
    [InlineData("a.example/")]
    public async Task CONNECT_fits_no_pattern(string pattern) => Assert.Equal(501, (await GetAsync(Mux(pattern), "a.example:443", "CONNECT")).Status);

    [Fact]
    public async Task OPTIONS_asterisk_never_reaches_the_mux()
    {
        var response = await GetAsync(Mux("/"), "*", "OPTIONS");
        Assert.Equal(200, response.Status);
        Assert.Equal("0", response["Content-Length"]);
        Assert.Equal("", response.Text);
    }
}
