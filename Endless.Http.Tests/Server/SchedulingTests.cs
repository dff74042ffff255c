using System.Collections.Concurrent;
using System.Text;
using Endless.Http.Generations;
using Endless.Http.Load;
using Endless.Http.Tests.Restart;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Server;

/// <summary>On which threads handlers are called, and what becomes of those that block there.</summary>
public class SchedulingTests
{
    private enum Place
    {
        Loop,
        Worker,
        ThreadPool,
    }

    private static Place Here => Worker.Current is { RunsLoop: true } ? Place.Loop : Thread.CurrentThread.IsThreadPoolThread ? Place.ThreadPool : Place.Worker;

    [Fact]
    public async Task Auto_serves_500_blocking_handlers_at_once_beside_asynchronous_ones()
    {
        // Each of the 500 waits until the last has begun: with fewer threads than that none would ever end.
        using var all = new CountdownEvent(500);
        var mux = new ServeMux();
        mux.HandleFunc("/block", (w, r) =>
        {
            all.Signal();
            if (!all.Wait(Deadline.Default)) throw new TimeoutException("Not all of the handlers run at once.");
            w.Write("blocked");
        });
        mux.HandleFunc("/async", async (w, r) =>
        {
            await Task.Yield();
            await w.WriteAsync("asynchronous");
        });
        using var server = await ServerFixture.StartAsync(mux);
        var blocking = Enumerable.Range(0, 499).Select(_ => GetAsync(server, "/block")).ToList();
        for (var i = 0; i < 50; i++) await GetAsync(server, "/async").WaitAsync(Deadline.Default);
        Assert.DoesNotContain(blocking, task => task.IsCompleted);
        blocking.Add(GetAsync(server, "/block"));
        await Task.WhenAll(blocking).WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task Auto_moves_the_route_that_blocks_and_no_other()
    {
        var mux = new ServeMux();
        var (blocking, quick) = (new ConcurrentQueue<Place>(), new ConcurrentQueue<Place>());
        mux.HandleFunc("/block", (w, r) =>
        {
            blocking.Enqueue(Here);
            Thread.Sleep(100);
        });
        mux.HandleFunc("/quick", (w, r) => quick.Enqueue(Here));
        using var server = await ServerFixture.StartAsync(mux);
        var deadline = Deadline.After();
        do await GetAsync(server, "/block");
        while (blocking.Last() == Place.Loop && !deadline.Passed);
        await GetAsync(server, "/quick");
        Assert.Equal(Place.Loop, blocking.First());
        Assert.Equal(Place.Worker, blocking.Last());
        Assert.Equal(Place.Loop, quick.Single());
    }

    /// <summary>While a thread is made for the route, the loop's stalls are not the server's own handler's: else every route is behind a worker in the end.</summary>
    [Fact]
    public async Task Auto_keeps_the_other_routes_on_the_loop_however_many_block()
    {
        using var release = new ManualResetEventSlim();
        var (blocked, quick) = (0, new ConcurrentQueue<Place>());
        var mux = new ServeMux();
        mux.HandleFunc("/block", (w, r) =>
        {
            Interlocked.Increment(ref blocked);
            release.Wait(Deadline.Default);
        });
        mux.HandleFunc("/quick", (w, r) => quick.Enqueue(Here));
        using var server = await ServerFixture.StartAsync(mux);
        var blocking = Enumerable.Range(0, 400).Select(_ => GetAsync(server, "/block")).ToList();
        await Deadline.UntilAsync(() => Volatile.Read(ref blocked) == 400, "all of them block");
        for (var i = 0; i < 20; i++) await GetAsync(server, "/quick");
        release.Set();
        await Task.WhenAll(blocking).WaitAsync(Deadline.Default);
        Assert.All(quick, place => Assert.Equal(Place.Loop, place));
    }

    /// <summary>What a handler does after it has waited for its body is its own doing, over HTTP/2 as well.</summary>
    [Fact]
    public async Task Auto_moves_a_handler_of_HTTP2_that_blocks_when_its_body_has_come()
    {
        var places = new ConcurrentQueue<Place>();
        using var began = new SemaphoreSlim(0);
        var mux = new ServeMux();
        mux.HandleFunc("/block", async (w, r) =>
        {
            began.Release();
            await r.ReadBodyAsync();
            places.Enqueue(Here);
            Thread.Sleep(50);
        });
        using var server = await ServerFixture.StartAsync(mux);
        using var client = new HttpClient { DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var deadline = Deadline.After();
        do
        {
            using var content = new LateContent(began);
            (await client.PostAsync($"http://{server.Server.LocalEndPoint}/block", content)).EnsureSuccessStatusCode();
        }
        while (places.Last() != Place.Worker && !deadline.Passed);
        Assert.Equal(Place.Worker, places.Last());
    }

    /// <summary>Shorter than a stall, which takes 10 ms in one callback: each alone goes unnoticed, and together they would have the loop do nothing else.</summary>
    [Fact]
    public async Task Auto_moves_a_handler_that_blocks_for_a_few_milliseconds()
    {
        var places = new ConcurrentQueue<Place>();
        using var server = await StartAsync(SchedulingMode.Auto, (w, r) =>
        {
            places.Enqueue(Here);
            Thread.Sleep(3);
        });
        var moved = Deadline.UntilAsync(() => places.LastOrDefault() == Place.Worker, "the handler runs on a worker");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!moved.IsCompleted) await GetAsync(server, "/");
        }));
        await moved;
        Assert.Equal(Place.Loop, places.First());
    }

    [Fact]
    public async Task ThreadPool_calls_every_handler_there()
    {
        var places = new ConcurrentQueue<Place>();
        using var server = await StartAsync(SchedulingMode.ThreadPool, (w, r) => places.Enqueue(Here));
        for (var i = 0; i < 10; i++) await GetAsync(server, "/");
        Assert.Equal(Enumerable.Repeat(Place.ThreadPool, 10), places);
    }

    [Fact]
    public async Task Inline_calls_a_blocking_handler_on_its_loop_says_so_once_and_harms_no_other()
    {
        var places = new ConcurrentQueue<Place>();
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        using var release = new ManualResetEventSlim();
        using var trusting = await StartAsync(SchedulingMode.Inline, (w, r) =>
        {
            places.Enqueue(Here);
            release.Wait(Deadline.Default);
        }, generation);
        using var other = await StartAsync(SchedulingMode.Auto, (w, r) => w.Write("hello"), generation);

        // On a loaded machine the monitor may find a thread that was about to sleep, and cannot tell it from one that computes: then the next one shows it.
        var logged = trusting.Log.WaitForAsync("SchedulingMode.Inline says that none does");
        var blocked = new List<Task>();
        do blocked.Add(GetAsync(trusting, "/"));
        while (await Task.WhenAny(logged, Task.Delay(50)) != logged);
        await logged;
        for (var i = 0; i < 50; i++) await GetAsync(other, "/").WaitAsync(Deadline.Default);
        release.Set();
        await Task.WhenAll(blocked).WaitAsync(Deadline.Default);

        await GetAsync(trusting, "/");
        Assert.All(places, place => Assert.Equal(Place.Loop, place));
        Assert.Single(trusting.Log.Entries, entry => entry.Message.Contains("SchedulingMode.Inline", StringComparison.Ordinal));
    }

    /// <summary>A body that comes when its handler waits for it.</summary>
    private sealed class LateContent(SemaphoreSlim began) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.FlushAsync();
            await began.WaitAsync(Deadline.Default);
            await stream.WriteAsync("body"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private static async Task<ServerFixture> StartAsync(SchedulingMode mode, HandlerFunc handler, Generation? generation = null)
    {
        var fixture = new ServerFixture("127.0.0.1:0", handler, generation);
        fixture.Server.Scheduling = mode;
        await fixture.StartAsync();
        return fixture;
    }

    private static async Task GetAsync(ServerFixture server, string path)
    {
        using var connection = await ClientConnection.ConnectAsync(server.Server.LocalEndPoint!, Deadline.Default);
        var response = await connection.RequestAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.Equal(200, response.Status);
    }
}
