using Endless.Http.Loops;

namespace Endless.Http.Tests.Transport;

/// <summary>Time in which a loop was not there does not count; other time does.</summary>
public sealed class LoopClockTests
{
    private readonly LoopClock _clock = new();
    private readonly long _start;
    private long _now;

    public LoopClockTests() => _start = _now = _clock.Turn;

    private long Elapsed => _clock.Turn - _start;

    [Fact]
    public void A_loop_that_wakes_up_when_it_meant_to_counts_all_of_its_time()
    {
        Pass(200, planned: 0);
        Pass(10_000, planned: 10_000);
        Pass(3, planned: 10_000); // an event woke it
        Pass(1_000 + LoopClock.Slack, planned: 1_000);
        Assert.Equal(_now - _start, Elapsed);
    }

    [Fact]
    public void A_sleep_that_was_too_long_counts_as_a_short_one() // since the stop may have begun with it
    {
        Pass(7_000, planned: 2_000);
        Assert.Equal(LoopClock.Slack, Elapsed);
        Assert.InRange(_clock.Now, _start - 7_000, _start + 60_000 - 6_000); // as TickCount64 has not moved with the test's
    }

    [Fact]
    public void A_callback_that_holds_the_loop_up_costs_the_peers_nothing()
    {
        Pass(60_000, planned: 0);
        Assert.Equal(LoopClock.Slack, Elapsed);
    }

    [Fact]
    public void A_sleep_without_an_end_is_no_stop()
    {
        Pass(86_400_000, planned: -1);
        Assert.Equal(86_400_000, Elapsed);
    }

    [Fact]
    public void However_late_each_turn_is_the_clock_goes_on()
    {
        for (var i = 0; i < 100; i++) Pass(10_000, planned: 0);
        Assert.Equal(100 * LoopClock.Slack, Elapsed);
    }

    private void Pass(long milliseconds, int planned) => _clock.Advance(_now += milliseconds, planned);
}
