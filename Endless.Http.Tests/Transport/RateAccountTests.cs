using Endless.Http.Connections;

namespace Endless.Http.Tests.Transport;

/// <summary>What a peer owes that is waited for, and what it does not.</summary>
public sealed class RateAccountTests
{
    private static readonly LeastRate Rate = new(BytesPerSecond: 240, Grace: 5_000);

    private readonly RateAccount _account = new();

    [Fact]
    public void A_peer_that_takes_nothing_is_too_slow_when_the_grace_is_over()
    {
        Assert.Equal(5_100, _account.Begin(Rate, now: 100));
        Assert.False(_account.IsTooSlow(Rate, now: 5_099, taken: 0, sharers: 1, out var next));
        Assert.Equal(5_100, next);
        Assert.True(_account.IsTooSlow(Rate, now: 5_100, taken: 0, sharers: 1, out _));
    }

    [Fact]
    public void What_a_peer_takes_buys_it_the_time_that_the_least_rate_takes()
    {
        _account.Begin(Rate, now: 0);
        Assert.False(_account.IsTooSlow(Rate, now: 5_000, taken: 2_400, sharers: 1, out var next));
        Assert.Equal(15_000, next);
        Assert.True(_account.IsTooSlow(Rate, now: 15_000, taken: 2_400, sharers: 1, out _));
    }

    [Fact]
    public void A_peer_that_keeps_the_rate_may_go_on_for_ever_a_byte_at_a_time()
    {
        _account.Begin(Rate, now: 0);
        for (long now = 0, taken = 1_000; now < 10_000_000; now += 500, taken += 120)
            Assert.False(_account.IsTooSlow(Rate, now, taken, sharers: 1, out _), $"at {now} ms");
    }

    [Fact]
    public void A_byte_now_and_then_does_not_put_the_end_off()
    {
        _account.Begin(Rate, now: 0);
        var now = 0;
        for (long taken = 1; !_account.IsTooSlow(Rate, now, taken, sharers: 1, out _); taken++) now += 500;
        Assert.InRange(now, 5_000, 5_500);
    }

    [Fact]
    public void A_peer_that_took_a_gigabyte_may_take_nothing_for_a_minute_and_no_longer()
    {
        _account.Begin(Rate, now: 0);
        Assert.False(_account.IsTooSlow(Rate, now: 1_000, taken: 1 << 30, sharers: 1, out var next));
        Assert.Equal(65_000, next); // what is left of the grace counts beside it
        Assert.True(_account.IsTooSlow(Rate, next, taken: 1 << 30, sharers: 1, out _));
    }

    [Fact]
    public void Time_in_which_nothing_waits_for_the_peer_costs_it_nothing()
    {
        _account.Begin(Rate, now: 0);
        Assert.False(_account.IsTooSlow(Rate, now: 4_000, taken: 480, sharers: 1, out _)); // two seconds' worth
        _account.End(Rate, now: 4_000);
        Assert.Equal(3_600_000 + 5_000 + 2_000, _account.Begin(Rate, now: 3_600_000));
    }

    [Fact]
    public void Time_of_a_wait_beyond_its_grace_is_paid_for_by_what_was_taken_before()
    {
        _account.Begin(Rate, now: 0);
        Assert.False(_account.IsTooSlow(Rate, now: 5_000, taken: 2_400, sharers: 1, out _));
        _account.End(Rate, now: 11_000);
        Assert.Equal(20_000 + 5_000 + 4_000, _account.Begin(Rate, now: 20_000));
    }

    [Fact]
    public void Those_that_share_the_rate_owe_a_part_of_it_each()
    {
        _account.Begin(Rate, now: 0);
        Assert.False(_account.IsTooSlow(Rate, now: 5_000, taken: 240, sharers: 10, out var next));
        Assert.Equal(15_000, next);
    }
}
