using System.Net;
using System.Threading.RateLimiting;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class LimitingTests
{
    [Fact]
    public async Task A_client_that_asks_too_often_is_told_when_to_come_again()
    {
        var handler = Middleware.RateLimit(new() { Permits = 3, Window = TimeSpan.FromHours(1), SendFields = true })(Handler.From((w, r) => w.Write("in")));
        for (var i = 2; i >= 0; i--)
        {
            var w = await AskAsync(handler, "192.0.2.1");
            Assert.Equal(200, w.StatusCode);
            Assert.Equal($"\"default\";r={i}", w.SentHeader["RateLimit"]);
            Assert.Equal("\"default\";q=3;w=3600", w.SentHeader["RateLimit-Policy"]);
        }
        var refused = await AskAsync(handler, "192.0.2.1");
        Assert.Equal(429, refused.StatusCode);
        Assert.InRange(int.Parse(refused.SentHeader["Retry-After"]!), 1, 1200);
        Assert.Equal(200, (await AskAsync(handler, "192.0.2.2")).StatusCode);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "::c000:201", false)]
    public async Task Addresses_of_one_client_are_one(string first, string second, bool areOne)
    {
        var handler = Middleware.RateLimit(new() { Permits = 1, Window = TimeSpan.FromHours(1) })(Handler.From((w, r) => { }));
        Assert.Equal(200, (await AskAsync(handler, first)).StatusCode);
        Assert.Equal(areOne ? 429 : 200, (await AskAsync(handler, second)).StatusCode);
    }

    [Fact]
    public async Task A_key_of_the_programs_tells_users_apart_or_lets_them_through()
    {
        var handler = Middleware.RateLimit(new() { Permits = 1, Window = TimeSpan.FromHours(1), Key = r => r.Query["user"] })(Handler.From((w, r) => { }));
        foreach (var (target, status) in new[] { ("/?user=a", 200), ("/?user=a", 429), ("/?user=b", 200), ("/", 200), ("/", 200) })
            Assert.Equal(status, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", target).Build())).StatusCode);
    }

    [Fact]
    public void A_flood_of_clients_fills_no_memory_and_limits_itself()
    {
        var made = 0;
        var table = new LimiterTable(1000, () =>
        {
            made++;
            return new TokenBucketRateLimiter(new() { TokenLimit = 1, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromHours(1), AutoReplenishment = false, QueueLimit = 0 });
        });
        var mine = table.Of(new ClientKey(4, 1, null));
        mine.AttemptAcquire().Dispose();
        var let = 0;
        for (var i = 0; i < 100_000; i++)
        {
            using var lease = table.Of(new ClientKey(6, (ulong)i << 20, null)).AttemptAcquire();
            if (lease.IsAcquired) let++;
        }
        Assert.Equal(1000, table.Count);
        Assert.InRange(made, 1000, 1064);
        Assert.InRange(let, 999, 1063);
        // Whoever was there before keeps what is its own.
        Assert.Same(mine, table.Of(new ClientKey(4, 1, null)));
    }

    [Fact]
    public void Clients_that_are_gone_make_room()
    {
        var table = new LimiterTable(100, () => new ConcurrencyLimiter(new() { PermitLimit = 1, QueueLimit = 0 }));
        using var held = table.Of(new ClientKey(4, 0, null)).AttemptAcquire();
        for (var i = 1UL; i < 100; i++) table.Of(new ClientKey(4, i, null)).AttemptAcquire().Dispose();
        table.Of(new ClientKey(4, 1000, null));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public async Task A_key_of_a_megabyte_is_not_kept()
    {
        Assert.True(ClientKey.Of(new string('x', 1_000_000)).Name!.Length < 100);
        Assert.NotEqual(ClientKey.Of(new string('x', 1_000_000)), ClientKey.Of(new string('x', 1_000_001)));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Requests_that_may_wait_have_their_turn()
    {
        await using var server = TestServer.InMemory(Middleware.RateLimit(new() { Permits = 100, Window = TimeSpan.FromSeconds(1), Burst = 1, Queue = 5 })(Handler.From((w, r) => w.Write("in"))));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => server.Client.GetAsync("/"))).WaitAsync(Deadline.Default);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task A_limiter_of_the_programs_is_asked_and_given_back()
    {
        using var limiter = PartitionedRateLimiter.Create<Request, string>(r => RateLimitPartition.GetConcurrencyLimiter(r.Path, _ => new() { PermitLimit = 1, QueueLimit = 0 }));
        var held = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var handler = Middleware.RateLimit(new() { Limiter = limiter })(Handler.From(async (w, r) =>
        {
            begun.TrySetResult();
            await held.Task;
        }));
        var first = ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/a").Build());
        await begun.Task.WaitAsync(Deadline.Default);
        Assert.Equal(429, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/a").Build())).StatusCode);
        held.SetResult();
        await first;
        Assert.Equal(200, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/a").Build())).StatusCode);
    }

    [Fact]
    public async Task No_more_than_the_permits_run_and_no_more_than_the_queue_waits()
    {
        var (running, most) = (0, 0);
        var next = new SemaphoreSlim(0);
        var handler = Middleware.ConcurrencyLimit(new() { Permits = 2, Queue = 3 })(Handler.From(async (w, r) =>
        {
            var now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            await next.WaitAsync();
            Interlocked.Decrement(ref running);
        }));
        var all = Enumerable.Range(0, 5).Select(_ => ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build())).ToArray();
        var refused = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        Assert.Equal(503, refused.StatusCode);
        Assert.Equal("1", refused.SentHeader["Retry-After"]);
        next.Release(5);
        await Task.WhenAll(all).WaitAsync(Deadline.Default);
        Assert.Equal(2, most);
        Assert.All(all, one => Assert.Equal(200, one.Result.StatusCode));
    }

    [Fact]
    public async Task A_permit_comes_back_whatever_the_handler_does()
    {
        var handler = Middleware.ConcurrencyLimit(new() { Permits = 1 })(Handler.From((w, r) => throw new InvalidOperationException("no")));
        var waiting = Middleware.ConcurrencyLimit(new() { Permits = 1 })(Handler.From(async (w, r) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("no");
        }));
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build()));
            await Assert.ThrowsAsync<InvalidOperationException>(() => ResponseRecorder.RecordAsync(waiting, new RequestBuilder("GET", "/").Build()));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_the_queue_leaves_its_place()
    {
        var held = new TaskCompletionSource();
        var handler = Middleware.ConcurrencyLimit(new() { Permits = 1, Queue = 1 })(Handler.From((w, r) => held.Task));
        var first = ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        using var leaving = new CancellationTokenSource();
        var second = ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Cancellation(leaving.Token).Build());
        Assert.Equal(503, (await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build())).StatusCode);
        await leaving.CancelAsync();
        Assert.True((await second.WaitAsync(Deadline.Default)).Aborted);
        var third = ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        held.SetResult();
        Assert.Equal(200, (await third.WaitAsync(Deadline.Default)).StatusCode);
        await first;
    }

    private static Task<ResponseRecorder> AskAsync(IHandler handler, string address) =>
        ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").RemoteEndPoint(new IPEndPoint(IPAddress.Parse(address), 1)).Build());
}
