using Endless.Http.Generations;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Restart;

public class StartGateTests
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    private readonly HandDrivenTime _time = new();
    private readonly FakeServer _first = new(NullLogger.Instance);
    private readonly FakeServer _second = new(NullLogger.Instance);
    private readonly TaskCompletionSource _dropped = new();
    private readonly TaskCompletionSource _accepting = new();
    private bool _allClaimed = true;

    private StartGate Gate() => new(SettleTime, () => _allClaimed, _dropped.SetResult, _accepting.SetResult, _time);

    [Fact]
    public async Task It_opens_when_every_server_has_arrived_and_reports_when_every_one_accepts()
    {
        var gate = Gate();
        gate.Expect(_first);
        gate.Expect(_second);
        var first = gate.ArriveAsync(_first);
        Assert.False(first.IsCompleted);
        var second = gate.ArriveAsync(_second);
        await Task.WhenAll(first, second).WaitAsync(Deadline);

        gate.Accepting(_first);
        Assert.False(_accepting.Task.IsCompleted);
        gate.Accepting(_second);
        Assert.True(_accepting.Task.IsCompleted);
        Assert.False(_dropped.Task.IsCompleted);
    }

    [Fact]
    public async Task An_unclaimed_listener_counts_as_dropped_after_the_settle_time()
    {
        _allClaimed = false;
        var gate = Gate();
        gate.Expect(_first);
        var first = gate.ArriveAsync(_first);
        _time.Advance(SettleTime - TimeSpan.FromTicks(1));
        Assert.False(first.IsCompleted);
        Assert.False(_dropped.Task.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await first.WaitAsync(Deadline);
        Assert.True(_dropped.Task.IsCompleted);
    }

    [Fact]
    public async Task A_server_made_during_the_settle_time_is_waited_for()
    {
        _allClaimed = false;
        var gate = Gate();
        gate.Expect(_first);
        var first = gate.ArriveAsync(_first);
        _time.Advance(SettleTime / 2);
        gate.Expect(_second);
        _time.Advance(SettleTime * 2);
        Assert.False(first.IsCompleted);
        _allClaimed = true;
        await Task.WhenAll(first, gate.ArriveAsync(_second)).WaitAsync(Deadline);
        Assert.False(_dropped.Task.IsCompleted);
    }

    [Fact]
    public async Task A_server_that_was_closed_is_not_waited_for()
    {
        var gate = Gate();
        gate.Expect(_first);
        gate.Expect(_second);
        var first = gate.ArriveAsync(_first);
        gate.Forget(_second);
        await first.WaitAsync(Deadline);
        gate.Accepting(_first);
        Assert.True(_accepting.Task.IsCompleted);
    }

    [Fact]
    public void A_failed_start_never_opens_it()
    {
        var gate = Gate();
        gate.Expect(_first);
        gate.Expect(_second);
        var first = gate.ArriveAsync(_first);
        gate.Fail();
        gate.Forget(_second);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public void The_first_generation_finds_it_open()
    {
        var gate = StartGate.CreateOpen();
        gate.Expect(_first);
        Assert.True(gate.ArriveAsync(_first).IsCompleted);
        gate.Accepting(_first);
        gate.Forget(_first);
    }

    /// <summary>Time that passes when a test says so. Its timers run once, in the test's own thread.</summary>
    private sealed class HandDrivenTime : TimeProvider
    {
        private readonly List<HandDrivenTimer> _timers = [];

        public TimeSpan Now { get; private set; }

        public void Advance(TimeSpan time)
        {
            Now += time;
            _timers.ForEach(timer => timer.RunIfDue());
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandDrivenTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    private sealed class HandDrivenTimer(HandDrivenTime time, Action run) : ITimer
    {
        private TimeSpan? _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : time.Now + dueTime;
            return true;
        }

        public void RunIfDue()
        {
            if (_due is not { } due || time.Now < due) return;
            _due = null;
            run();
        }

        public void Dispose() => _due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
