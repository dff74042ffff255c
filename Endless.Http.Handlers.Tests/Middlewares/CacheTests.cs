using System.Globalization;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class CacheTests
{
    private readonly ManualClock _clock = new();
    private int _calls;

    [Fact]
    public async Task What_is_fresh_is_answered_from_memory()
    {
        var handler = Cached((w, r) => w.Header["X-Mine"] = "1");
        Assert.Equal("1", (await GetAsync(handler)).Text);
        _clock.Advance(59);
        var hit = await GetAsync(handler);
        Assert.Equal("1", hit.Text);
        Assert.Equal("59", hit.SentHeader["Age"]);
        Assert.Equal("1", hit.SentHeader["X-Mine"]);
        Assert.Equal("text/plain", hit.SentHeader["Content-Type"]);
        Assert.Equal("endless; hit; ttl=1", hit.SentHeader["Cache-Status"]);
        _clock.Advance(1);
        Assert.Equal("2", (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task Head_is_answered_by_a_stored_get()
    {
        var handler = Cached((w, r) => { });
        await GetAsync(handler);
        var head = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("HEAD", "/").Build());
        Assert.Equal("1", head.SentHeader["Content-Length"]);
        Assert.Equal("", head.Text);
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("Cache-Control", "no-store, max-age=60")]
    [InlineData("Cache-Control", "private, max-age=60")]
    [InlineData("Cache-Control", "max-age=60, no-cache")]
    [InlineData("Cache-Control", "max-age=60, no-cache=\"X\"")]
    [InlineData("Cache-Control", "max-age=0")]
    [InlineData("Cache-Control", "max-age=60, max-age=0")]
    [InlineData("Cache-Control", "max-age=60, s-maxage=0")]
    [InlineData("Cache-Control", "max-age=x")]
    [InlineData("Cache-Control", "max-age=-1")]
    [InlineData("Cache-Control", "public")]
    [InlineData("Cache-Control", "")]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("Vary", "Accept, *")]
    [InlineData("Trailer", "X-End")]
    [InlineData("Expires", "0")]
    public async Task What_may_not_be_stored_is_not(string name, string value)
    {
        var handler = Cached((w, r) =>
        {
            if (name == "Expires") w.Header.Remove("Cache-Control");
            w.Header[name] = value;
        });
        for (var i = 1; i <= 3; i++) Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await GetAsync(handler)).Text);
    }

    [Theory]
    [InlineData(206)]
    [InlineData(302)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task A_status_that_says_nothing_to_others_is_not_stored(int status)
    {
        var handler = Cached((w, r) => w.StatusCode = status);
        await GetAsync(handler);
        await GetAsync(handler);
        Assert.Equal(2, _calls);
    }

    [Theory]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Cache-Control", "no-cache")]
    [InlineData("Pragma", "no-cache")]
    [InlineData("Cache-Control", "max-age=0")]
    [InlineData("Cache-Control", "min-fresh=61")]
    public async Task A_request_may_ask_for_the_handler(string name, string value)
    {
        var handler = Cached((w, r) => { });
        await GetAsync(handler);
        _clock.Advance(1);
        Assert.Equal("2", (await GetAsync(handler, (name, value))).Text);
    }

    [Fact]
    public async Task Only_if_cached_never_asks_the_handler()
    {
        var handler = Cached((w, r) => { });
        Assert.Equal(504, (await GetAsync(handler, ("Cache-Control", "only-if-cached"))).StatusCode);
        await GetAsync(handler);
        Assert.Equal("1", (await GetAsync(handler, ("Cache-Control", "only-if-cached"))).Text);
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("max-age=60", false)]
    [InlineData("public, max-age=60", true)]
    [InlineData("s-maxage=60", true)]
    public async Task An_answer_to_credentials_is_stored_only_where_it_says_so(string control, bool isStored)
    {
        var handler = Cached((w, r) => w.Header["Cache-Control"] = control);
        await GetAsync(handler, ("Authorization", "Basic YTpi"));
        Assert.Equal(isStored ? "1" : "2", (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task Vary_tells_variants_apart_exactly()
    {
        var handler = Cached((w, r) => w.Header["Vary"] = "Accept-Language");
        Assert.Equal("1", (await GetAsync(handler, ("Accept-Language", "de"))).Text);
        Assert.Equal("2", (await GetAsync(handler, ("Accept-Language", "en"))).Text);
        Assert.Equal("3", (await GetAsync(handler)).Text);
        Assert.Equal("1", (await GetAsync(handler, ("Accept-Language", "de"))).Text);
        Assert.Equal("2", (await GetAsync(handler, ("Accept-Language", "en"))).Text);
        Assert.Equal("3", (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task A_client_that_has_it_is_told_so()
    {
        var handler = Cached((w, r) =>
        {
            w.Header["ETag"] = "\"v1\"";
            w.Header["Last-Modified"] = "Mon, 01 Jan 2024 00:00:00 GMT";
        });
        await GetAsync(handler);
        foreach (var (name, value, status) in new[]
        {
            ("If-None-Match", "\"v1\"", 304), ("If-None-Match", "\"v0\", W/\"v1\"", 304), ("If-None-Match", "*", 304), ("If-None-Match", "\"v2\"", 200), ("If-None-Match", "garbage", 200),
            ("If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT", 304), ("If-Modified-Since", "Sun, 31 Dec 2023 00:00:00 GMT", 200), ("If-Modified-Since", "garbage", 200),
        })
        {
            var w = await GetAsync(handler, (name, value));
            Assert.Equal(status, w.StatusCode);
            Assert.Equal("\"v1\"", w.SentHeader["ETag"]);
            if (status == 304) Assert.Null(w.SentHeader["Content-Type"]);
        }
        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData("POST", 200, "2")]
    [InlineData("DELETE", 204, "2")]
    [InlineData("PUT", 303, "2")]
    [InlineData("POST", 400, "1")]
    [InlineData("OPTIONS", 200, "1")]
    public async Task A_change_removes_what_is_stored(string method, int status, string next)
    {
        var handler = Cached((w, r) => w.StatusCode = r.Method == "GET" ? 200 : status);
        await GetAsync(handler);
        _calls = 0;
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder(method, "/").Build());
        _calls = 1;
        Assert.Equal(next, (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task A_change_while_the_handler_answers_is_not_stored_over()
    {
        var held = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var value = "old";
        var handler = Middleware.Cache(new() { Clock = _clock })(Handler.From(async (w, r) =>
        {
            w.Header["Cache-Control"] = "max-age=60";
            var read = value;
            if (r.Method == "GET" && read == "old")
            {
                begun.SetResult();
                await held.Task;
            }
            await w.WriteAsync(read);
        }));
        var first = GetAsync(handler);
        await begun.Task.WaitAsync(Deadline.Default);
        value = "new";
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("POST", "/").Build());
        held.SetResult();
        Assert.Equal("old", (await first).Text);
        Assert.Equal("new", (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_one_goes_to_the_handler()
    {
        var held = new TaskCompletionSource();
        var handler = Middleware.Cache(new() { Clock = _clock })(Handler.From(async (w, r) =>
        {
            Interlocked.Increment(ref _calls);
            await held.Task;
            w.Header["Cache-Control"] = "max-age=60";
            await w.WriteAsync("x");
        }));
        var all = Enumerable.Range(0, 100).Select(_ => GetAsync(handler)).ToArray();
        held.SetResult();
        foreach (var one in await Task.WhenAll(all).WaitAsync(Deadline.Default)) Assert.Equal("x", one.Text);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task Whoever_waits_for_one_that_failed_asks_by_itself()
    {
        var held = new TaskCompletionSource();
        var handler = Middleware.Cache(new() { Clock = _clock })(Handler.From(async (w, r) =>
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                await held.Task;
                throw new InvalidOperationException("no");
            }
            w.Header["Cache-Control"] = "max-age=60";
            await w.WriteAsync("x");
        }));
        var first = GetAsync(handler);
        var others = Enumerable.Range(0, 10).Select(_ => GetAsync(handler)).ToArray();
        held.SetResult();
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        foreach (var one in await Task.WhenAll(others).WaitAsync(Deadline.Default)) Assert.Equal("x", one.Text);
        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task What_is_not_stored_holds_nobody_up()
    {
        var handler = Cached((w, r) => w.Header["Cache-Control"] = "private");
        await GetAsync(handler); // leaves a note
        var waiting = Middleware.Cache(new() { Clock = _clock });
        var (running, held) = (0, new TaskCompletionSource());
        var slow = waiting(Handler.From(async (w, r) =>
        {
            if (Interlocked.Increment(ref running) > 1) await held.Task;
            w.Header["Cache-Control"] = "private";
        }));
        await GetAsync(slow);
        var two = new[] { GetAsync(slow), GetAsync(slow) };
        await Deadline.UntilAsync(() => Volatile.Read(ref running) == 3, "both are with the handler");
        held.SetResult();
        await Task.WhenAll(two);
    }

    [Fact]
    public async Task While_one_fetches_others_get_what_is_a_little_stale()
    {
        var held = new TaskCompletionSource();
        var handler = Middleware.Cache(new() { Clock = _clock })(Handler.From(async (w, r) =>
        {
            var call = Interlocked.Increment(ref _calls);
            if (call == 2) await held.Task;
            w.Header["Cache-Control"] = "max-age=60, stale-while-revalidate=30";
            await w.WriteAsync(call.ToString(CultureInfo.InvariantCulture));
        }));
        await GetAsync(handler);
        _clock.Advance(70);
        var fetching = GetAsync(handler);
        Assert.Equal("1", (await GetAsync(handler)).Text);
        held.SetResult();
        Assert.Equal("2", (await fetching).Text);
        Assert.Equal("2", (await GetAsync(handler)).Text);
    }

    [Fact]
    public async Task Memory_stays_within_its_bound()
    {
        var store = new CacheStore(new() { MaxBytes = 100_000, Clock = _clock });
        var handler = new CacheHandler(Handler.From((w, r) =>
        {
            w.Header["Cache-Control"] = "max-age=60";
            w.Header["Vary"] = "X-Any";
            w.Write(new byte[1000]);
        }), store);
        for (var i = 0; i < 1000; i++) await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", $"/?{i}").Build());
        Assert.InRange(store.Bytes, 50_000, 100_000);
        for (var i = 0; i < 1000; i++) await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("X-Any", $"{i}").Build());
        Assert.InRange(store.Bytes, 50_000, 100_000);
        // A target or a field that is larger than all there is.
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/?" + new string('x', 100_000)).Build());
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("X-Any", new string('x', 100_000)).Build());
        Assert.InRange(store.Bytes, 50_000, 100_000);
    }

    [Fact]
    public async Task A_large_body_passes_by_as_it_is_written()
    {
        await using var server = TestServer.InMemory(Middleware.Cache(new() { MaxEntryBytes = 10_000 })(Handler.From(async (w, r) =>
        {
            Interlocked.Increment(ref _calls);
            w.Header["Cache-Control"] = "max-age=60";
            for (var i = 0; i < 100; i++) await w.WriteAsync(new byte[1000]);
        })));
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal(100_000, (await server.Client.GetByteArrayAsync("/")).Length);
            Assert.Equal(i, _calls);
        }
    }

    [Theory]
    [InlineData("/?a=1", "/?a=2")]
    [InlineData("/a", "/A")]
    [InlineData("/a", "/%61")]
    [InlineData("/a", "/a?")]
    [InlineData("/a?b", "/a%3fb")]
    [InlineData("/a//b", "/a/b")]
    public async Task Targets_that_differ_in_anything_are_two(string first, string second)
    {
        var handler = Cached((w, r) => { });
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", first).Build());
        Assert.Equal("2", (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", second).Build())).Text);
    }

    [Fact]
    public async Task Poisoning_with_what_is_not_in_the_key_does_not_reach_others()
    {
        // A handler that believes a field without saying so in Vary; the program says it for it.
        var handler = Middleware.Cache(new() { KeyFields = ["X-Forwarded-Host"], Clock = _clock })(Handler.From((w, r) =>
        {
            w.Header["Cache-Control"] = "max-age=60";
            w.Write($"<script src=//{r.Header["X-Forwarded-Host"] ?? r.Host}/a.js>");
        }));
        Assert.Contains("evil", (await GetAsync(handler, ("X-Forwarded-Host", "evil.example"))).Text);
        Assert.DoesNotContain("evil", (await GetAsync(handler)).Text);
        // Another Host and another scheme are other keys; a GET with a body is none.
        var other = Cached((w, r) => { });
        Assert.Equal("1", (await ResponseRecorder.RecordAsync(other, new RequestBuilder("GET", "/").Host("evil.example").Build())).Text);
        Assert.Equal("2", (await GetAsync(other)).Text);
        Assert.Equal("3", (await ResponseRecorder.RecordAsync(other, new RequestBuilder("GET", "/").Body("evil").Build())).Text);
        Assert.Equal("2", (await GetAsync(other)).Text);
    }

    [Fact]
    public async Task Fields_of_middleware_around_are_each_requests_own()
    {
        var number = 0;
        var handler = Middleware.Chain(
            next => Handler.From((w, r) =>
            {
                w.Header["X-Request-Id"] = $"{++number}";
                return next.ServeHttpAsync(w, r);
            }),
            Middleware.Cors(new() { Origins = ["https://a.example", "https://b.example"] }))(Cached((w, r) => { }));
        foreach (var origin in new[] { "https://a.example", "https://b.example" })
        {
            var w = await GetAsync(handler, ("Origin", origin));
            Assert.Equal("1", w.Text);
            Assert.Equal(origin, w.SentHeader.Values("Access-Control-Allow-Origin").Single());
            Assert.Equal($"{number}", w.SentHeader.Values("X-Request-Id").Single());
        }
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_not_stored()
    {
        await using var server = TestServer.InMemory(Middleware.Cache()(Handler.From((w, r) =>
        {
            w.Header["Cache-Control"] = "max-age=60";
            if (Interlocked.Increment(ref _calls) == 1) w.Header["Content-Length"] = "10";
            w.Write("half");
        })));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/"));
        Assert.Equal("half", await server.Client.GetStringAsync("/"));
    }

    private IHandler Cached(HandlerFunc handler) => Middleware.Cache(new() { Clock = _clock })(Handler.From((w, r) =>
    {
        var call = Interlocked.Increment(ref _calls);
        w.Header["Cache-Control"] = "max-age=60";
        w.Header["Content-Type"] = "text/plain";
        handler(w, r);
        if (w.StatusCode is not (204 or 304)) w.Write(call.ToString(CultureInfo.InvariantCulture));
    }));

    private static Task<ResponseRecorder> GetAsync(IHandler handler, params (string Name, string Value)[] fields)
    {
        var request = new RequestBuilder("GET", "/");
        foreach (var (name, value) in fields) request.Header(name, value);
        return ResponseRecorder.RecordAsync(handler, request.Build());
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Advance(int seconds) => _now += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
