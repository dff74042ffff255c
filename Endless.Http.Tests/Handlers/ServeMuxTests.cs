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
    public async Task A_host_wins_over_none(string host, string target, string expected) =>
        Assert.Equal(expected, (await GetAsync(Mux("/", "/p", "b.example/p", "[::1]/p"), target, host: host)).Text);

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
    [InlineData("//x", "/x")]
    [InlineData("/a/../x?q=1", "/x?q=1")]
    [InlineData("/./x", "/x")]
    [InlineData("/sub/..", "/")]
    [InlineData("/../../x", "/x")]
    [InlineData("/sub", "/sub/")]
    [InlineData("/sub?q", "/sub/?q")]
    [InlineData("//sub", "/sub/")]
    public async Task A_path_is_mended_by_a_redirect(string target, string location)
    {
        var response = await GetAsync(Mux("/", "/x", "/sub/"), target);
        Assert.Equal(307, response.Status);
        Assert.Equal(location, response["Location"]);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("GET x")]
    [InlineData("GE(T /x")]
    [InlineData("/a//b")]
    [InlineData("/a/../b")]
    [InlineData("/{x}")]
    [InlineData("/%zz")]
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

    [Fact]
    public async Task OPTIONS_asterisk_never_reaches_the_mux()
    {
        var response = await GetAsync(Mux("/"), "*", "OPTIONS");
        Assert.Equal(200, response.Status);
        Assert.Equal("0", response["Content-Length"]);
        Assert.Equal("", response.Text);
    }
}
