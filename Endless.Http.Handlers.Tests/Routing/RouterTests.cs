using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Routing;

public sealed class RouterTests
{
    [Theory]
    [InlineData("GET", "GET /x")]
    [InlineData("HEAD", "HEAD /x")]
    [InlineData("POST", "POST /x")]
    [InlineData("PUT", "PUT /x")]
    [InlineData("PATCH", "PATCH /x")]
    [InlineData("DELETE", "DELETE /x")]
    [InlineData("OPTIONS", "OPTIONS /x")]
    public async Task Each_method_has_a_registration_of_its_own(string method, string pattern)
    {
        var mux = new ServeMux();
        mux.Get("/x", Tell);
        mux.Head("/x", Tell);
        mux.Post("/x", Tell);
        mux.Put("/x", TellAsync);
        mux.Patch("/x", Handler.From(Tell));
        mux.Delete("/x", (w, r) => Tell(w, r));
        mux.Options("/x", async (w, r) => await TellAsync(w, r));
        Assert.Equal(pattern, (await AskAsync(mux, method, "/x")).SentHeader["X-Pattern"]);
    }

    [Fact]
    public async Task A_pattern_may_name_a_host()
    {
        var mux = new ServeMux();
        mux.Get("/x", Tell);
        mux.Get("b.example/x", Tell);
        Assert.Equal("GET b.example/x", (await AskAsync(mux, "GET", "/x", "b.example:80")).SentHeader["X-Pattern"]);
        Assert.Equal("GET /x", (await AskAsync(mux, "GET", "/x", "c.example")).SentHeader["X-Pattern"]);
    }

    [Theory]
    [InlineData("GET /x", "write /x")]
    [InlineData("POST\t b.example/x", "write b.example/x")]
    [InlineData("GET", "no path")]
    [InlineData("", "no path")]
    [InlineData("x", "no path")]
    [InlineData("/items/:id", "/items/{id}")]
    public void A_pattern_with_a_method_or_without_a_path_says_what_to_write(string pattern, string meant) =>
        Assert.Contains(meant, Assert.Throws<ArgumentException>("pattern", () => new ServeMux().Get(pattern, Tell)).Message, StringComparison.Ordinal);

    [Fact]
    public void Conflicts_are_found_whatever_registered_them()
    {
        var mux = new ServeMux();
        mux.Group("/api").Get("/{x}", Tell);
        Assert.Contains("\"GET /api/{x}\"", Assert.Throws<ArgumentException>(() => mux.HandleFunc("GET /api/{y}", Tell)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => mux.Group("/{z}").Get("/x", Tell));
    }

    [Fact]
    public async Task A_group_puts_its_prefix_before_each_path()
    {
        var mux = new ServeMux();
        var api = mux.Group("/api");
        api.Get("", Tell);
        api.Get("/", Tell);
        var user = api.Group("/users/{id}");
        user.Get("/posts/{post}", (w, r) => w.Write($"{r.Pattern} {r.PathInt("id")} {r.PathValue("post")} {r.GetRoute()!.Group}"));
        user.HandleFunc("PUT /posts", Tell);
        user.HandleFunc("b.example/host", Tell);
        api.Handle("DELETE b.example/host", Handler.From(Tell));
        Assert.Equal("GET /api", (await AskAsync(mux, "GET", "/api")).SentHeader["X-Pattern"]);
        Assert.Equal("GET /api/", (await AskAsync(mux, "GET", "/api/other")).SentHeader["X-Pattern"]);
        Assert.Equal("GET /api/users/{id}/posts/{post} 7 a/b /api/users/{id}", (await AskAsync(mux, "GET", "/api/users/7/posts/a%2Fb")).Text);
        Assert.Equal("PUT /api/users/{id}/posts", (await AskAsync(mux, "PUT", "/api/users/7/posts")).SentHeader["X-Pattern"]);
        Assert.Equal("b.example/api/users/{id}/host", (await AskAsync(mux, "PUT", "/api/users/7/host", "b.example")).SentHeader["X-Pattern"]);
        Assert.Equal("DELETE b.example/api/host", (await AskAsync(mux, "DELETE", "/api/host", "b.example")).SentHeader["X-Pattern"]);
        Assert.Equal(405, (await AskAsync(mux, "PUT", "/api")).StatusCode);
    }

    [Fact]
    public async Task A_groups_host_is_that_of_its_routes()
    {
        var mux = new ServeMux();
        mux.Group("b.example/").Group("/v1").Get("/x", Tell);
        mux.Group("/v2").Group("c.example/").Get("/x", Tell);
        mux.Group("").Get("/x", Tell);
        Assert.Equal("GET b.example/v1/x", (await AskAsync(mux, "GET", "/v1/x", "b.example")).SentHeader["X-Pattern"]);
        Assert.Equal("GET c.example/v2/x", (await AskAsync(mux, "GET", "/v2/x", "c.example")).SentHeader["X-Pattern"]);
        Assert.Equal("GET /x", (await AskAsync(mux, "GET", "/x")).SentHeader["X-Pattern"]);
        Assert.Equal(404, (await AskAsync(mux, "GET", "/v1/x", "c.example")).StatusCode);
        Assert.Contains("b.example", Assert.Throws<ArgumentException>(() => mux.Group("b.example/").Get("c.example/x", Tell)).Message, StringComparison.Ordinal);
        Assert.Contains("b.example", Assert.Throws<ArgumentException>(() => mux.Group("b.example/").Group("c.example/v1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api", "write /api")]
    [InlineData("/api/", "write /api")]
    [InlineData("GET /api", "no method")]
    [InlineData("/{rest...}", "end a pattern")]
    [InlineData("/a/{$}", "end a pattern")]
    [InlineData("/a/:id", "/a/{id}")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a?b", "the query")]
    [InlineData("b.example:80/", "no port")]
    [InlineData("//evil", "clean")]
    public void A_prefix_that_is_none_says_what_was_meant(string prefix, string meant)
    {
        Assert.Contains(meant, Assert.Throws<ArgumentException>(() => new ServeMux().Group(prefix)).Message, StringComparison.Ordinal);
        Assert.Contains(meant, Assert.Throws<ArgumentException>(() => new ServeMux().Mount(prefix, Handler.From(Tell))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "write /x")]
    [InlineData("GET x", "write GET /x")]
    [InlineData("/{id}", "two wildcards are named id")]
    public void A_pattern_of_a_group_that_is_none_says_what_was_meant(string pattern, string meant) =>
        Assert.Contains(meant, Assert.Throws<ArgumentException>("pattern", () => new ServeMux().Group("/users/{id}").HandleFunc(pattern, Tell)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_routes_are_listed_with_what_hangs_on_them()
    {
        var mux = new ServeMux();
        var group = mux.Group("b.example/api").With("of the group");
        var route = group.Get("/orders/{id}", Tell).WithName("order").With("its own").With(new Version(1, 2));
        mux.HandleFunc("/", Tell);
        Assert.Equal(["GET b.example/api/orders/{id}", "/"], mux.Routes.Select(one => one.Pattern));
        Assert.Same(route, mux.Routes[0]);
        Assert.Equal(("GET", "b.example", "/api/orders/{id}", "b.example/api", "order"), (route.Method, route.Host, route.Path, route.Group, route.Name));
        Assert.Equal(["of the group", "its own", new Version(1, 2)], route.Metadata);
        Assert.Equal("its own", route.Get<string>());
        Assert.Null(route.Get<Uri>());
        Assert.Equal(("", "", "/", "", ""), (mux.Routes[1].Method, mux.Routes[1].Host, mux.Routes[1].Path, mux.Routes[1].Group, mux.Routes[1].Name));
    }

    [Fact]
    public void The_list_of_routes_is_the_same_until_something_changes()
    {
        var mux = new ServeMux();
        var route = mux.Get("/a", Tell);
        var first = mux.Routes;
        Assert.Same(first, mux.Routes);
        route.With("more");
        Assert.NotSame(first, first = mux.Routes);
        route.WithName("name");
        Assert.NotSame(first, first = mux.Routes);
        mux.Get("/b", Tell);
        Assert.NotSame(first, mux.Routes);
        Assert.Single(first);
    }

    [Fact]
    public void A_null_where_none_may_be_is_an_ArgumentNullException()
    {
        var mux = new ServeMux();
        var group = mux.Group("/a");
        foreach (var call in new Action[]
        {
            () => mux.Group(null!), () => group.Group(null!), () => group.Use([null!]), () => group.With(null!), () => group.Handle(null!, mux), () => group.Handle("/", null!), () => mux.Get(null!, mux),
            () => mux.Get("/", (IHandler)null!), () => mux.Get("/", (HandlerFunc)null!), () => mux.Mount(null!, mux), () => mux.Mount("/a", null!), () => ((IRouter)null!).Get("/", mux),
            () => mux.HandleFunc("/n", Tell).With(null!), () => ((Request)null!).GetRoute(), () => ((Request)null!).PathInt("a"), () => new Request("GET", "/").QueryInt(null!),
        })
            Assert.Throws<ArgumentNullException>(call);
    }

    internal static void Tell(ResponseWriter w, Request r) => w.Header["X-Pattern"] = r.Pattern;

    internal static Task<ResponseRecorder> AskAsync(IHandler handler, string method, string target, string host = "a.example") =>
        ResponseRecorder.RecordAsync(handler, new Request(method, target) { Host = host });

    private static async Task TellAsync(ResponseWriter w, Request r)
    {
        await Task.Yield();
        Tell(w, r);
    }
}
