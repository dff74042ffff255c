using Endless.Http.Load;
using Endless.Http.Loops;
using Endless.Http.Systemd;
using Endless.Http.Tests.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Systemd;

public class WatchdogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void It_pings_while_every_loop_answers_and_stops_when_disposed()
    {
        using var loops = new EventLoopGroup(2, NullLogger.Instance);
        using var pings = new SemaphoreSlim(0);
        using (Watchdog.Start(Interval, loops.Loops, () => pings.Release(), () => NullLogger.Instance))
        {
            for (var i = 0; i < 3; i++) Assert.True(pings.Wait(Deadline.Default));
        }
    }

    [Fact]
    public async Task It_is_silent_while_a_loop_is_stuck_and_pings_once_that_has_answered()
    {
        using var loops = new EventLoopGroup(2, NullLogger.Instance);
        loops.Monitor.Stop(); // which would take the loop away from what it is stuck in
        using var stuck = new Stuck();
        using var pings = new SemaphoreSlim(0);
        var logger = new LogRecorder();
        loops.Loops[1].Post(stuck);
        stuck.Entered.Wait(Deadline.Default);
        using var watchdog = Watchdog.Start(Interval, loops.Loops, () => pings.Release(), () => logger);
        await logger.WaitForAsync(" of 2 event loop(s)"); // both, where the other was slow
        Assert.Equal(0, pings.CurrentCount);
        stuck.Release.Set();
        Assert.True(pings.Wait(Deadline.Default));
    }

    [Theory]
    [InlineData("10000000", null, 10.0)]
    [InlineData("10000000", "42", 10.0)]
    [InlineData("10000000", "43", null)] // meant for the process that started this one
    [InlineData(null, null, null)]
    [InlineData("", "", null)]
    public void The_interval_is_for_one_process(string? microseconds, string? pid, double? seconds)
    {
        Assert.Equal(seconds, Watchdog.Interval(microseconds, pid, 42, out var complaint)?.TotalSeconds);
        Assert.Null(complaint);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("99999999999999999999")]
    public void An_interval_that_is_none_is_told_apart(string value)
    {
        Assert.Null(Watchdog.Interval(value, null, 42, out var complaint));
        Assert.Contains(value, complaint);
    }

    [Theory]
    [InlineData("4320000000000")] // 50 days: half of it is longer than a wait can be
    [InlineData("922337203685477580")] // TimeSpan.MaxValue
    [InlineData("1")]
    public void An_interval_that_no_timer_takes_does_not_end_the_process(string microseconds)
    {
        var interval = Watchdog.Interval(microseconds, null, 42, out var complaint);
        Assert.Null(complaint);
        Assert.InRange(Watchdog.Period(interval!.Value), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(int.MaxValue));
        using var loops = new EventLoopGroup(1, NullLogger.Instance);
        using var pings = new SemaphoreSlim(0);
        using var watchdog = Watchdog.Start(interval.Value, loops.Loops, () => pings.Release(), () => NullLogger.Instance);
        Assert.True(pings.Wait(Deadline.Default));
    }

    private sealed class Stuck : IThreadPoolWorkItem, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public void Execute()
        {
            Entered.Set();
            Release.Wait(Deadline.Default);
        }

        public void Dispose()
        {
            Release.Set();
        }
    }
}
