using Endless.Http.Restart;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Restart;

public class StartGateTests
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly FakeServer _first = new(NullLogger.Instance);
    private readonly FakeServer _second = new(NullLogger.Instance);
    private readonly TaskCompletionSource _dropped = new();
    private readonly TaskCompletionSource _accepting = new();
    private bool _allClaimed = true;

    private StartGate Gate(TimeSpan settleTime) => new(settleTime, () => _allClaimed, _dropped.SetResult, _accepting.SetResult);

    [Fact]
    public async Task It_opens_when_every_server_has_arrived_and_reports_when_every_one_accepts()
    {
        var gate = Gate(Never);
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
        var gate = Gate(TimeSpan.FromMilliseconds(20));
        gate.Expect(_first);
        await gate.ArriveAsync(_first).WaitAsync(Deadline);
        Assert.True(_dropped.Task.IsCompleted);
    }

    [Fact]
    public async Task A_server_made_during_the_settle_time_is_waited_for()
    {
        _allClaimed = false;
        var gate = Gate(TimeSpan.FromMilliseconds(100));
        gate.Expect(_first);
        var first = gate.ArriveAsync(_first);
        gate.Expect(_second);
        await Assert.ThrowsAsync<TimeoutException>(() => first.WaitAsync(TimeSpan.FromMilliseconds(300)));
        _allClaimed = true;
        await Task.WhenAll(first, gate.ArriveAsync(_second)).WaitAsync(Deadline);
        Assert.False(_dropped.Task.IsCompleted);
    }

    [Fact]
    public async Task A_server_that_was_closed_is_not_waited_for()
    {
        var gate = Gate(Never);
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
        var gate = Gate(Never);
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
}
