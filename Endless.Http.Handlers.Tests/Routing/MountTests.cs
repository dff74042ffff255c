using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Routing;

public sealed class MountTests
{
    private static readonly IHandler Told = Handler.From((w, r) => w.Write($"{r.PathBase} {r.RawPath} {r.Path}"));

    [Theory]
    [InlineData("/admin/users/7", "/admin /users/7 /users/7")]
    [InlineData("/admin/", "/admin / /")]
    [InlineData("/%61dmin/a%2Fb", "/%61dmin /a%2Fb /a/b")]
    [InlineData("/t/ann/x/y?q", "/t/ann /x/y /x/y")]
    [InlineData("/t/a%2Fb/", "/t/a%2Fb / /")]
    [InlineData("/all/x", " /all/x /all/x")]
    [InlineData("/api/v1/x", "/api/v1 /x /x")]
    public async Task The_handler_sees_what_follows_the_prefix(string target, string expected)
    {
        var mux = new ServeMux();
        mux.Mount("/admin", Told);
        mux.Mount("/t/{tenant}", Told);
        mux.Mount("", Told);
        mux.Group("/api").Mount("/v1", Told);
        Assert.Equal(expected, (await RouterTests.AskAsync(mux, "GET", target)).Text);
    }

    [Theory]
    [InlineData("/admin", "/admin/")]
    [InlineData("/admin/users", "/admin/users/")]
    [InlineData("/admin/users?q=1", "/admin/users/?q=1")]
    [InlineData("/t/a%2Fb/users", "/t/a%2Fb/users/")]
    [InlineData("/t/x/inner/users", "/t/x/inner/users/")]
    [InlineData("/t/\\evil.example/users", "/t/%5Cevil.example/users/")]
    [InlineData("/strip/users", "/strip/users/")]
    [InlineData("/strip//users", "/strip/users")]
    public async Task The_redirects_of_a_mux_behind_it_lead_to_where_the_client_meant(string target, string location)
    {
        var inner = new ServeMux();
        inner.Get("/users/", (w, r) => w.Write(r.PathBase));
        var middle = new ServeMux();
        middle.Mount("/inner", inner);
        middle.Get("/users/", (w, r) => w.Write(r.PathBase));
        var mux = new ServeMux();
        mux.Mount("/admin", inner);
        mux.Mount("/t/{tenant}", middle);
        mux.Handle("/strip/", Handler.StripPrefix("/strip", inner));
        var w = await RouterTests.AskAsync(mux, "GET", target);
        Assert.Equal((307, location), (w.StatusCode, w.SentHeader["Location"]));
    }

    [Fact]
    public async Task A_relative_redirect_is_beside_the_path_that_the_client_asked_for()
    {
        var mux = new ServeMux();
        mux.Mount("/admin", Handler.From((w, r) => w.Redirect(r, "login")));
        Assert.Equal("/admin/a/login", (await RouterTests.AskAsync(mux, "GET", "/admin/a/b")).SentHeader["Location"]);
    }

    [Fact]
    public async Task Path_values_of_the_prefix_and_behind_it_are_there_over_both_protocols()
    {
        var inner = new ServeMux();
        inner.Get("/orders/{id}", (w, r) => w.Write($"{r.PathValue("tenant")} {r.PathInt("id")} {r.Pattern}"));
        var mux = new ServeMux();
        mux.Mount("/t/{tenant}", inner);
        await using var server = TestServer.InMemory(mux);
        foreach (var version in (string[])["1.1", "2.0"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/t/ann/orders/7") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await server.Client.SendAsync(request).WaitAsync(Deadline.Default);
            Assert.Equal("ann 7 GET /orders/{id}", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_path_that_middleware_made_shorter_is_a_404()
    {
        var mux = new ServeMux();
        mux.Group("/a", next => Handler.From((w, r) => next.ServeHttpAsync(w, new Request(r) { Path = "/" }))).Mount("/b", Told);
        Assert.Equal(404, (await RouterTests.AskAsync(mux, "GET", "/a/b/c")).StatusCode);
    }

    [Theory]
    [InlineData("/static", "/static/x", "/static /x /x")]
    [InlineData("/static/", "/static/x", "/static /x /x")]
    [InlineData("/static", "/static", "/static / /")]
    [InlineData("/static/", "/static", "/static / /")]
    [InlineData("/static", "/statics", null)]
    [InlineData("/static", "/other/static/x", null)]
    [InlineData("/static", "/st%61tic/x", null)]
    [InlineData("/static", "/static%2Fx", null)]
    [InlineData("/static", "/static/a%2Fb", "/static /a%2Fb /a/b")]
    [InlineData("/a b", "/a%20b/c%20d", "/a%20b /c%20d /c d")]
    [InlineData("/a b", "/a%20b/c%2Fd", null)]
    [InlineData("", "/x", " /x /x")]
    [InlineData("/", "/x", " /x /x")]
    public async Task A_prefix_is_stripped_or_is_a_404(string prefix, string target, string? expected)
    {
        var w = await RouterTests.AskAsync(Handler.StripPrefix(prefix, Told), "GET", target);
        if (expected is null) Assert.Equal(404, w.StatusCode);
        else Assert.Equal(expected, w.Text);
    }

    [Fact]
    public void A_prefix_begins_with_a_slash() => Assert.Throws<ArgumentException>("prefix", () => Handler.StripPrefix("static/", Told));

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("/a/")]
    [InlineData("/a b")]
    public void A_base_that_is_no_path_is_refused(string pathBase) => Assert.Throws<ArgumentException>("PathBase", () => new Request("GET", "/") { PathBase = pathBase });
}
