using System.Diagnostics;
using Endless.Http.Connections;
using Endless.Http.Load;
using Endless.Http.Loops;
using Endless.Http.Native;
using Endless.Http.Workers;

namespace Endless.Http.Tests.Transport;

/// <summary>A flow that blocks its thread must cost nobody else their loop.</summary>
public class BlockingCallbackTests
{
    [Fact]
    public async Task ABlockedCallbackDoesNotStopTheOtherConnectionsOfItsLoop()
    {
        using var release = new ManualResetEventSlim();
        var blocked = new CountdownEvent(4);
        using var server = new TransportFixture(async connection =>
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                if (read.IsCompleted) return ConnectionOutcome.Close;
                var block = read.Buffer.FirstSpan[0] == (byte)'b';
                connection.Input.AdvanceTo(read.Buffer.End);
                if (block)
                {
                    blocked.Signal();
                    release.Wait(TransportFixture.Deadline);
                }
                await connection.Output.WriteAsync("k"u8.ToArray());
            }
        }, loops: 1);
        var blockers = new List<System.Net.Sockets.Socket>();
        for (var i = 0; i < 4; i++)
        {
            blockers.Add(await server.ConnectAsync());
            await blockers[i].SendAsync("b"u8.ToArray());
        }
        Assert.True(blocked.Wait(TransportFixture.Deadline), "Not all four got a thread.");

        var other = await server.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            await other.SendAsync("o"u8.ToArray());
            Assert.Equal(1, await other.ReceiveAsync(new byte[1]).WaitAsync(TransportFixture.Deadline));
        }
        // The fourth is counted just after another thread has taken the loop over.
        await Deadline.UntilAsync(() => server.Group.Monitor.Rescues >= 4, "four rescues are counted");

        release.Set();
        foreach (var blocker in blockers)
            Assert.Equal(1, await blocker.ReceiveAsync(new byte[1]).WaitAsync(TransportFixture.Deadline));
    }

    [Fact]
    public async Task AWaitFromSynchronousCodeGivesTheLoopAwayAtOnce()
    {
        var release = new TaskCompletionSource();
        using var server = new TransportFixture(async connection =>
        {
            var read = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.Buffer.FirstSpan[0] == (byte)'b') BlockingWait.Wait(release.Task);
            else release.SetResult();
            return ConnectionOutcome.Close;
        }, loops: 1);
        var blocker = await server.ConnectAsync();
        await blocker.SendAsync("b"u8.ToArray());
        var other = await server.ConnectAsync();
        await other.SendAsync("o"u8.ToArray());
        await server.NextEndAsync();
        await server.NextEndAsync();
    }

    [Fact]
    public void ASiteThatSleepsIsKnownToBlockAndOneThatBecomesQuickIsTrustedAgain()
    {
        var site = new BlockingSite();
        Assert.False(site.Blocks);
        Assert.False(site.OnStall(asleep: true));
        Assert.True(site.OnStall(asleep: true));
        Assert.True(site.Blocks);
        Assert.False(site.OnStall(asleep: true));
        for (var i = 0; i < 255; i++) site.OnWorkerCall(isQuick: true);
        site.OnWorkerCall(isQuick: false);
        for (var i = 0; i < 255; i++) site.OnWorkerCall(isQuick: true);
        Assert.True(site.Blocks);
        site.OnWorkerCall(isQuick: true);
        Assert.False(site.Blocks);
    }

    [Fact]
    public void A_call_is_quick_that_did_not_sleep_and_ran_for_less_than_a_millisecond()
    {
        Assert.True(Called(() => { }));
        Assert.False(Called(() =>
        {
            // It spins first, and on a busy machine its time may be over before it sleeps.
            using var never = new ManualResetEventSlim();
            var usage = ThreadUsage.Now!.Value;
            do never.Wait(5);
            while (ThreadUsage.Now!.Value.Sleeps == usage.Sleeps);
        }));
        Assert.False(Called(() =>
        {
            var usage = ThreadUsage.Now!.Value;
            while (ThreadUsage.Now!.Value.ProcessorTime - usage.ProcessorTime < 1_500) Thread.SpinWait(100);
        }));

        // Stands in line for a processor: there are fewer than threads that want one, and none of these sleeps.
        using var over = new CancellationTokenSource();
        var others = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => new Thread(() => { while (!over.IsCancellationRequested) Thread.SpinWait(100); })).ToList();
        others.ForEach(thread => thread.Start());
        var quick = Enumerable.Range(0, 50).Any(_ => Called(() =>
        {
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(2);) Thread.Yield();
        }));
        over.Cancel();
        others.ForEach(thread => thread.Join());
        Assert.True(quick, "Fifty calls of two milliseconds that yielded to others were all taken for blocking.");

        static bool Called(Action action)
        {
            var call = WorkerCall.Begin();
            action();
            return call.IsQuick;
        }
    }

    [Fact]
    public void ResumedCallsThatAreQuickHaveTheirSiteTrustedAgain()
    {
        // The handler of a WebSocket is called once, and resumed for hours.
        var site = new BlockingSite();
        while (!site.Blocks) site.OnStall(asleep: true);
        var resumed = new ResumedWork(new Work(() => { }), new NoLoop(), new NoLoop(), site);
        for (var i = 0; i < 255; i++) resumed.Execute();
        Assert.True(site.Blocks);
        for (var i = 0; i < 100_000 && site.Blocks; i++) resumed.Execute(); // one that the machine held up has the count begin anew
        Assert.False(site.Blocks);
    }

    [Fact]
    public void NapsThatComeOftenMakeASiteKnownToBlock()
    {
        var site = new BlockingSite();
        for (var i = 0; i < 100; i++) Assert.False(site.OnNap(now: i * 200));
        Assert.False(site.Blocks);
        for (var i = 0; i < 7; i++) Assert.False(site.OnNap(now: 100_000 + i));
        Assert.True(site.OnNap(now: 100_007));
        Assert.True(site.Blocks);
    }

    [Fact]
    public void WorkersGrowAtOnceToTheLimitAndQueueBeyondIt()
    {
        WorkerPool pool = null!;
        pool = new WorkerPool(limit: 3, spares: 1, () => pool.Tend(Environment.TickCount64));
        using var release = new ManualResetEventSlim();
        var started = new CountdownEvent(3);
        var ended = new CountdownEvent(5);
        for (var i = 0; i < 5; i++)
            pool.Run(new Work(() =>
            {
                if (!started.IsSet) started.Signal();
                release.Wait(TransportFixture.Deadline);
                ended.Signal();
            }), site: null);
        Assert.True(started.Wait(TransportFixture.Deadline));
        Assert.Equal(3, pool.Busy);
        release.Set();
        Assert.True(ended.Wait(TransportFixture.Deadline));
    }

    private sealed class NoLoop : IPostTarget, ICallbackOwner
    {
        public BlockingSite? ActiveSite => null;

        public void Post(IThreadPoolWorkItem work) => throw new NotSupportedException();
    }

    private sealed class Work(Action action) : IThreadPoolWorkItem
    {
        public void Execute() => action();
    }
}
