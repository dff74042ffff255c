using System.Text.Json.Serialization;
using Endless.Http.Handlers.Tests.Cookies;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Sessions;

/// <summary>What a handler does with a session, in the cookie and in a store alike.</summary>
public sealed partial class SessionTests
{
    private readonly SettableTime _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_set_is_there_with_the_next_request(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        await browser.GetAsync(r =>
        {
            var session = r.Session();
            Assert.True(session.IsNew);
            session["user"] = "ada čšž";
            session.SetBytes("bytes", [0, 255]);
            session.Set("cart", new Cart(["tea"], 3), Json.Default.Cart);
        });
        await browser.GetAsync(r =>
        {
            var session = r.Session();
            Assert.False(session.IsNew);
            Assert.Equal("ada čšž", session["user"]);
            Assert.Equal([0, 255], session.GetBytes("bytes")!.Value.ToArray());
            Assert.Equal(3, session.Get("cart", Json.Default.Cart)!.Count);
            Assert.Equal(["user", "bytes", "cart"], session.Keys);
            Assert.Null(session["User"]);
            Assert.Null(session.Get("none", Json.Default.Cart));
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_only_looks_sets_nothing(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        Assert.Null(await browser.GetAsync(r => { }));
        Assert.Null(await browser.GetAsync(r => Assert.Null(r.Session()["user"])));
        Assert.NotNull(await browser.GetAsync(r => r.Session()["user"] = "ada"));
        Assert.Null(await browser.GetAsync(r => Assert.Equal("ada", r.Session()["user"])));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clear_ends_it_here_and_with_the_client(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        await browser.GetAsync(r => r.Session()["user"] = "ada");
        var stolen = browser.Cookie;
        Assert.Contains("Max-Age=0", await browser.GetAsync(r => r.Session().Clear()), StringComparison.Ordinal);
        Assert.Null(browser.Cookie);
        browser.Cookie = stolen;
        await browser.GetAsync(r => Assert.Equal(stored ? null : "ada", r.Session()["user"])); // docs/cookies.md: a cookie that was ended can be replayed
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Renew_keeps_the_values_and_changes_the_cookie(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        var before = "";
        await browser.GetAsync(r =>
        {
            r.Session()["cart"] = "tea";
            before = r.Session().Id;
        });
        var fixated = browser.Cookie;
        await browser.GetAsync(r =>
        {
            Assert.Equal(before, r.Session().Id);
            r.Session().Renew();
            r.Session()["user"] = "ada";
        });
        Assert.NotEqual(fixated, browser.Cookie);
        await browser.GetAsync(r =>
        {
            Assert.NotEqual(before, r.Session().Id);
            Assert.Equal(("tea", "ada"), (r.Session()["cart"], r.Session()["user"]));
        });
        browser.Cookie = fixated;
        await browser.GetAsync(r => Assert.Null(r.Session()["user"])); // whoever gave the victim the cookie has nothing of it
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_set_behind_Clear_begins_another(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        await browser.GetAsync(r => r.Session()["user"] = "ada");
        var old = browser.Cookie;
        await browser.GetAsync(r =>
        {
            r.Session().Clear();
            r.Session()["flash"] = "goodbye";
        });
        Assert.NotEqual(old, browser.Cookie);
        await browser.GetAsync(r => Assert.Equal(["flash"], r.Session().Keys));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_lasts_as_long_as_it_is_used_and_no_longer_than_a_day(bool stored)
    {
        var browser = new Browser(Options(stored), _time);
        await browser.GetAsync(r => r.Session()["user"] = "ada");
        for (var i = 0; i < 24; i++)
        {
            await browser.GetAsync(r => Assert.Equal("ada", r.Session()["user"]));
            _time.Now += TimeSpan.FromMinutes(59);
        }
        _time.Now += TimeSpan.FromMinutes(24);
        await browser.GetAsync(r => Assert.Null(r.Session()["user"]));

        await browser.GetAsync(r => r.Session()["user"] = "eve");
        _time.Now += TimeSpan.FromMinutes(60);
        await browser.GetAsync(r => Assert.Null(r.Session()["user"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_persists_tells_the_browser_for_how_long(bool stored)
    {
        var options = Options(stored);
        options.IsPersistent = true;
        var browser = new Browser(options, _time);
        Assert.Contains("; Max-Age=3600;", await browser.GetAsync(r => r.Session()["user"] = "ada"), StringComparison.Ordinal);
        _time.Now += TimeSpan.FromMinutes(30);
        Assert.Contains("; Max-Age=3600;", await browser.GetAsync(r => _ = r.Session()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cookie_that_was_not_made_here_leads_to_nothing(bool stored)
    {
        foreach (var value in new[] { "", "x", new string('A', 32), new string('A', 4000), "\"" })
        {
            var browser = new Browser(Options(stored), _time) { Cookie = value };
            await browser.GetAsync(r =>
            {
                Assert.True(r.Session().IsNew);
                r.Session()["user"] = "ada";
            });
            Assert.NotEqual(value, browser.Cookie);
            await browser.GetAsync(r => Assert.Equal("ada", r.Session()["user"]));
        }
    }

    [Fact]
    public async Task What_no_cookie_can_hold_is_refused_where_it_is_set()
    {
        var browser = new Browser(Options(stored: false), _time);
        await browser.GetAsync(r =>
        {
            var session = r.Session();
            session["a"] = new string('x', 2800);
            Assert.Contains("MemorySessionStore", Assert.Throws<InvalidOperationException>(() => session["b"] = new string('x', 300)).Message, StringComparison.Ordinal);
            Assert.Null(session["b"]);
            session["a"] = null;
            session["b"] = new string('x', 2900);
        });
        await browser.GetAsync(r => Assert.Equal(2900, r.Session()["b"]!.Length));
    }

    [Fact]
    public async Task Any_session_that_fits_by_its_count_is_a_cookie_that_browsers_take()
    {
        var browser = new Browser(Options(stored: false), _time);
        await browser.GetAsync(r =>
        {
            var session = r.Session();
            var length = 0;
            for (var step = 1024; step > 0; step /= 2)
            {
                try
                {
                    session["a"] = new string('x', length + step);
                    length += step;
                }
                catch (InvalidOperationException)
                {
                    // too much: half the step
                }
            }
            for (var step = 0; step < 4096; step++)
            {
                try
                {
                    session["a"] = new string('x', ++length);
                }
                catch (InvalidOperationException)
                {
                    break;
                }
            }
        });
        Assert.True(browser.Cookie!.Length + "__Host-session".Length is > 4080 and <= 4096, $"{browser.Cookie.Length}");
    }

    [Fact]
    public async Task A_change_behind_the_first_write_is_refused()
    {
        var handler = Middleware.Sessions(Options(stored: false))(Handler.From((w, r) =>
        {
            r.Session()["a"] = "1";
            w.Write("x");
            w.Flush();
            Assert.Contains("first write", Assert.Throws<InvalidOperationException>(() => r.Session()["a"] = "2").Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => r.Session().Clear());
        }));
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());

        var late = Middleware.Sessions(Options(stored: false))(Handler.From((w, r) =>
        {
            w.Write("x");
            w.Flush();
            Assert.Null(r.Session()["a"]);
            Assert.Throws<InvalidOperationException>(() => r.Session()["a"] = "2");
        }));
        await ResponseRecorder.RecordAsync(late, new RequestBuilder("GET", "/").Build());
    }

    [Fact]
    public void Without_the_middleware_there_is_none() =>
        Assert.Contains("Middleware.Sessions", Assert.Throws<InvalidOperationException>(() => new RequestBuilder("GET", "/").Build().Session()).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_copy_of_the_request_has_the_same_session()
    {
        var browser = new Browser(Options(stored: false), _time);
        await browser.GetAsync(r => new Request(r) { RawPath = "/other" }.Session()["user"] = "ada");
        await browser.GetAsync(r => Assert.Same(r.Session(), new Request(r).Session()));
        await browser.GetAsync(r => Assert.Equal("ada", r.Session()["user"]));
    }

    [Fact]
    public async Task A_response_with_the_cookie_is_kept_by_no_cache()
    {
        var handler = Middleware.Sessions(Options(stored: false))(Handler.From((w, r) => r.Session()["a"] = "1"));
        Assert.Equal("no-store", (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build())).SentHeader["Cache-Control"]);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused()
    {
        Refused<ArgumentException>(options => options.Cookie = new ResponseCookie("__Host-session", "") { Secure = false });
        Refused<ArgumentOutOfRangeException>(options => options.IdleTimeout = TimeSpan.Zero);
        Refused<ArgumentOutOfRangeException>(options => options.MaxLifetime = TimeSpan.FromDays(401));
        Refused<ArgumentOutOfRangeException>(options => options.MaxBytes = 0);
    }

    private static void Refused<T>(Action<SessionOptions> set) where T : Exception
    {
        var options = Options(stored: false);
        set(options);
        Assert.ThrowsAny<T>(() => Middleware.Sessions(options));
    }

    private static SessionOptions Options(bool stored) =>
        stored ? new() { Store = new MemorySessionStore(passOnAs: null) } : new() { Keys = CookieKeys.FromSecrets(new string('s', 32)) };

    internal sealed record Cart(string[] Items, int Count);

    [JsonSerializable(typeof(Cart))]
    internal sealed partial class Json : JsonSerializerContext;

    /// <summary>A client with one cookie.</summary>
    private sealed class Browser(SessionOptions options, TimeProvider time)
    {
        private readonly MiddlewareFunc _sessions = Middleware.Sessions(options, time);

        public string? Cookie { get; set; }

        /// <summary>Has a handler answer; the Set-Cookie field, null if there was none.</summary>
        public async Task<string?> GetAsync(Action<Request> handler)
        {
            var request = new RequestBuilder("GET", "/");
            if (Cookie is not null) request.Header("Cookie", $"other=1; {options.Cookie.Name}={Cookie}");
            var w = await ResponseRecorder.RecordAsync(_sessions(Handler.From((w, r) => handler(r))), request.Build());
            var set = w.SentHeader.Values("Set-Cookie");
            if (set.Count == 0) return null;
            var value = Assert.Single(set).Split(';')[0].Split('=', 2)[1];
            Cookie = value.Length == 0 ? null : value;
            return set[0];
        }
    }
}
