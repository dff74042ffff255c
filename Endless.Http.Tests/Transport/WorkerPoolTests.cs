using Endless.Http.Connections;
using Endless.Http.Load;
using Endless.Http.Loops;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Transport;

/// <summary>Threads for code that blocks: who has how many, and what becomes of a loop when there are none.</summary>
public class WorkerPoolTests
{
    [Fact]
    public async Task Handlers_that_wait_for_clients_fail_beyond_their_share_and_the_loop_goes_on()
    {
        var release = new TaskCompletionSource();
        var (waiting, refused) = (0, 0);
        using var server = new TransportFixture(
            async connection =>
            {
                var read = await connection.Input.ReadAsync();
                var block = read.Buffer.FirstSpan[0] == (byte)'b';
                connection.Input.AdvanceTo(read.Buffer.End);
                if (!block)
                {
                    await connection.Output.WriteAsync("o"u8.ToArray());
                    return await TransportFixture.EchoAsync(connection);
                }
                try
                {
                    Interlocked.Increment(ref waiting);
                    BlockingWait.Wait(release.Task);
                }
                catch (IOException)
                {
                    Interlocked.Increment(ref refused);
                }
                return ConnectionOutcome.Close;
            },
            loops: 1, workerLimit: 4);
        for (var i = 0; i < 10; i++) await (await server.ConnectAsync()).SendAsync("b"u8.ToArray());
        await Deadline.UntilAsync(() => Volatile.Read(ref waiting) == 10 && Volatile.Read(ref refused) == 7, "three wait and seven have failed");
        Assert.Equal(3, server.Group.Workers.Busy);

        var other = await server.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            await other.SendAsync("o"u8.ToArray());
            Assert.Equal(1, await other.ReceiveAsync(new byte[1]).WaitAsync(TransportFixture.Deadline));
        }
        release.SetResult();
        for (var i = 0; i < 10; i++) await server.NextEndAsync();
        await Deadline.UntilAsync(() => server.Group.Workers.Busy == 0, "every thread is counted back");
    }

    /// <summary>Handlers that wait for an asynchronous read, all threads of them: what comes for one must not wait for a thread behind it.</summary>
    [Fact]
    public async Task What_a_blocked_thread_waits_for_needs_no_thread_of_the_same_site()
    {
        var site = new BlockingSite();
        while (!site.Blocks) site.OnStall(asleep: true);
        using var server = new TransportFixture(
            async connection =>
            {
                // A byte each: both may have come by the first read.
                connection.Input.AdvanceTo((await connection.Input.ReadAsync()).Buffer.GetPosition(1));
                await new WorkerSwitch(connection.Workers!, site);
                connection.ActiveSite = site;
                connection.Input.AdvanceTo(connection.Input.ReadAsync().AsTask().GetAwaiter().GetResult().Buffer.GetPosition(1));
                return ConnectionOutcome.Close;
            },
            loops: 1, workerLimit: 4);
        var clients = new List<System.Net.Sockets.Socket>();
        for (var i = 0; i < 10; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync("a"u8.ToArray());
        }
        await Deadline.UntilAsync(() => server.Group.Workers.Busy == 3, "the site has its share");
        foreach (var client in clients) await client.SendAsync("b"u8.ToArray());
        for (var i = 0; i < 10; i++) await server.NextEndAsync();
    }

    [Fact]
    public void A_site_that_has_its_share_keeps_nobody_from_a_thread()
    {
        WorkerPool pool = null!;
        pool = new WorkerPool(limit: 8, spares: 1, () => pool.Tend(Environment.TickCount64));
        using var release = new ManualResetEventSlim();
        using var others = new CountdownEvent(2);
        using var ended = new CountdownEvent(20);
        var hog = new BlockingSite("hog");
        for (var i = 0; i < 20; i++)
        {
            pool.Run(new Work(() =>
            {
                release.Wait(TransportFixture.Deadline);
                ended.Signal();
            }), hog);
        }
        pool.Run(new Work(() => others.Signal()), new BlockingSite());
        pool.Run(new Work(() => others.Signal()), site: null);
        Assert.True(others.Wait(TransportFixture.Deadline), "The others wait behind the hog.");
        Assert.Equal(20, ended.CurrentCount);
        release.Set();
        Assert.True(ended.Wait(TransportFixture.Deadline));
    }

    /// <summary>Lost wake-up: a thread that is done becomes the loops' spare one, and what waited had nobody to call for another.</summary>
    [Fact]
    public async Task A_thread_that_loops_keep_calls_for_one_for_what_waits()
    {
        var missing = 0;
        var pool = new WorkerPool(limit: 8, spares: 1, () => Interlocked.Increment(ref missing));
        using var release = new ManualResetEventSlim();
        using var releaseTurn = new ManualResetEventSlim();
        var turnEnded = new ManualResetEventSlim(); // not disposed of: whoever sets it may still be in it
        using var ran = new ManualResetEventSlim();
        pool.Run(new Work(() => release.Wait(TransportFixture.Deadline)), site: null);
        Assert.False(pool.Tend(Environment.TickCount64));
        await Deadline.UntilAsync(() => pool.Threads == 2 && pool.Busy == 1, "there is one for the work, and one to spare");
        Assert.True(pool.TryPromise());
        pool.RunTurn(new Work(() =>
        {
            releaseTurn.Wait(TransportFixture.Deadline);
            turnEnded.Set();
        }));
        pool.Run(new Work(ran.Set), site: null);
        var before = Volatile.Read(ref missing);
        release.Set();
        await Deadline.UntilAsync(() => Volatile.Read(ref missing) > before, "another thread is called for");
        pool.Tend(Environment.TickCount64);
        Assert.True(ran.Wait(TransportFixture.Deadline));
        releaseTurn.Set();
        Assert.True(turnEnded.Wait(TransportFixture.Deadline));
    }

    /// <summary>Lost wake-up: what waited for its site's share, while threads were idle, when a loop did not leave its thread after all.</summary>
    [Fact]
    public async Task A_share_that_is_given_back_serves_what_waits_for_it()
    {
        WorkerPool pool = null!;
        pool = new WorkerPool(limit: 4, spares: 1, () => pool.Tend(Environment.TickCount64));
        using var release = new ManualResetEventSlim();
        using var together = new Barrier(4);
        using var ran = new ManualResetEventSlim();
        for (var i = 0; i < 4; i++) pool.Run(new Work(() => together.SignalAndWait(TransportFixture.Deadline)), new BlockingSite());
        await Deadline.UntilAsync(() => pool.Threads >= 5 && pool.Busy == 0, "threads are idle");
        var site = new BlockingSite();
        for (var i = 0; i < 2; i++) pool.Run(new Work(() => release.Wait(TransportFixture.Deadline)), site);
        var share = pool.TryLeave(site, isForced: false);
        Assert.NotNull(share);
        pool.Run(new Work(ran.Set), site);
        Assert.False(ran.IsSet);
        pool.TakeBack(share);
        Assert.True(ran.Wait(TransportFixture.Deadline));
        release.Set();
        await Deadline.UntilAsync(() => pool.Busy == 0, "nobody waits any more");
    }

    /// <summary>A loop that started one itself would sleep for as long as the system takes, and the sleep would look like its handler's.</summary>
    [Fact]
    public void Work_that_lacks_a_thread_starts_none_on_the_callers()
    {
        var missing = 0;
        var pool = new WorkerPool(limit: 8, spares: 1, () => missing++);
        using var ran = new ManualResetEventSlim();
        pool.Run(new Work(ran.Set), new BlockingSite());
        Assert.Equal(0, pool.Threads);
        Assert.Equal(1, missing);
        Assert.False(pool.Tend(Environment.TickCount64));
        Assert.True(ran.Wait(TransportFixture.Deadline));
    }

    [Fact]
    public async Task A_loop_has_a_spare_thread_before_it_needs_one_and_gets_another()
    {
        using var server = new TransportFixture(TransportFixture.EchoAsync, loops: 2);
        await Deadline.UntilAsync(() => server.Group.Workers.Threads == 4, "two loops run and have two threads to spare");
        var share = server.Group.Workers.TryLeave(site: null, isForced: false);
        Assert.NotNull(share);
        server.Group.Workers.RunTurn(new Work(() => { }));
        server.Group.Workers.Return(share);
        await Deadline.UntilAsync(() => !server.Group.Workers.IsShort, "there are two to spare again");
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
