using Endless.Http.Load;

namespace Endless.Http.Handlers.Tests.Routing;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task That_of_a_mux_is_around_all_of_it_the_first_outermost()
    {
        var mux = new ServeMux();
        mux.Get("/x", (w, r) => w.Write("x"));
        mux.Use(Around("a"), Around("b"));
        mux.Get("/sub/", (w, r) => w.Write("sub"));
        mux.Use(Around("c"));
        Assert.Equal("a> b> c> x <c <b <a", await TextAsync(mux, "/x"));
        Assert.Equal("a> b> c> 404 page not found\n <c <b <a", await TextAsync(mux, "/none"));
        Assert.Equal("a> b> c> Method Not Allowed\n <c <b <a", await TextAsync(mux, "/x", "PUT"));
        Assert.StartsWith("a> b> c> <a href=\"/sub/\">", await TextAsync(mux, "/sub"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_route_is_known_to_it_once_the_mux_has_returned()
    {
        var seen = new List<string>();
        var mux = new ServeMux();
        mux.Get("/x/{id}", (w, r) => seen.Add(r.Pattern));
        mux.Use(next => Handler.From(async (w, r) =>
        {
            seen.Add($"[{r.Pattern}] {r.GetRoute()}");
            await next.ServeHttpAsync(w, new Request(r) { Path = "/x/7" });
            seen.Add($"{r.Pattern} {r.GetRoute()}");
        }));
        await RouterTests.AskAsync(mux, "GET", "/other");
        Assert.Equal(["[] ", "GET /x/{id}", "GET /x/{id} GET /x/{id}"], seen);
    }

    [Fact]
    public async Task Each_is_called_once_and_all_of_a_call_or_none_is_put_on()
    {
        var made = 0;
        var mux = new ServeMux();
        mux.Get("/", (w, r) => w.Write("x"));
        mux.Use(next =>
        {
            made++;
            return Around("a")(next);
        });
        Assert.Throws<InvalidOperationException>(() => mux.Use(Around("b"), next => null!));
        Assert.Throws<ArgumentNullException>(() => mux.Use(Around("b"), null!));
        mux.Use(Around("c"));
        Assert.Equal("a> c> x <c <a", await TextAsync(mux, "/"));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task It_can_be_added_while_the_mux_serves()
    {
        const int threads = 4, each = 200;
        var mux = new ServeMux();
        mux.Get("/", (w, r) => w.Write("x"));
        var passed = new int[threads * each];
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var number = thread * each + i;
                mux.Use(next => Handler.From((w, r) =>
                {
                    passed[number]++;
                    return next.ServeHttpAsync(w, r);
                }));
                if (i % 50 == 0) await RouterTests.AskAsync(mux, "GET", "/");
            }
        }))).WaitAsync(Deadline.Default);
        Array.Clear(passed);
        Assert.Equal("x", await TextAsync(mux, "/"));
        Assert.All(passed, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task That_of_a_group_is_around_its_routes_alone()
    {
        var mux = new ServeMux();
        mux.Use(Around("mux"));
        mux.Get("/open", (w, r) => w.Write(r.Pattern));
        var api = mux.Group("/api", Around("a"), Around("b"));
        api.Get("/early", (w, r) => w.Write(r.Pattern));
        var users = api.Group("/users", Around("c"));
        api.Use(Around("d"));
        users.Get("/{id}", (w, r) => w.Write(r.Pattern));
        api.Get("/late", (w, r) => w.Write(r.Pattern));
        Assert.Equal("mux> GET /open <mux", await TextAsync(mux, "/open"));
        Assert.Equal("mux> a> b> GET /api/early <b <a <mux", await TextAsync(mux, "/api/early"));
        Assert.Equal("mux> a> b> d> GET /api/late <d <b <a <mux", await TextAsync(mux, "/api/late"));
        Assert.Equal("mux> a> b> d> c> GET /api/users/{id} <c <d <b <a <mux", await TextAsync(mux, "/api/users/7"));
        Assert.Equal("mux> 404 page not found\n <mux", await TextAsync(mux, "/api/none"));
    }

    [Fact]
    public async Task That_of_a_group_sees_the_route_before_the_handler()
    {
        string? limit = null;
        var mux = new ServeMux();
        mux.Group("/api", next => Handler.From((w, r) =>
        {
            limit = r.GetRoute()!.Get<string>();
            return next.ServeHttpAsync(w, r);
        })).Get("/x", (w, r) => { }).With("ten a second");
        await RouterTests.AskAsync(mux, "GET", "/api/x");
        Assert.Equal("ten a second", limit);
    }

    private static async Task<string> TextAsync(ServeMux mux, string target, string method = "GET") => (await RouterTests.AskAsync(mux, method, target)).Text;

    // Not by written text: a mux's own answers have to begin the response.
    private static MiddlewareFunc Around(string name) => next => Handler.From(async (w, r) =>
    {
        await next.ServeHttpAsync(new NamingWriter(w, name), r);
        w.Write($" <{name}");
    });

    private sealed class NamingWriter(ResponseWriter inner, string name) : DelegatingResponseWriter(inner)
    {
        private bool _isNamed;

        public override void Write(ReadOnlySpan<byte> data)
        {
            if (!_isNamed)
            {
                _isNamed = true;
                base.Write(System.Text.Encoding.UTF8.GetBytes(name + "> "));
            }
            base.Write(data);
        }
    }
}
