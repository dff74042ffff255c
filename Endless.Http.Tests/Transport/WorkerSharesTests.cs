using Endless.Http.Workers;

namespace Endless.Http.Tests.Transport;

/// <summary>Whoever blocks threads leaves some for others.</summary>
public class WorkerSharesTests
{
    private const int Limit = 100;

    private readonly WorkerShares _shares = new(Limit);

    [Fact]
    public void One_site_alone_has_three_quarters_and_the_next_as_much_of_the_rest()
    {
        Assert.Equal(75, Enter(new BlockingSite()));
        Assert.Equal(19, Enter(new BlockingSite()));
        Assert.Equal(5, Enter(new BlockingSite()));
        Assert.Equal(1, Enter(new BlockingSite()));
        Assert.Equal(0, Enter(new BlockingSite()));
        Assert.Equal(Limit, _shares.Busy);
    }

    [Fact]
    public void Sites_that_come_while_there_is_room_have_one_each()
    {
        Enter(new BlockingSite());
        for (var i = 0; i < 25; i++) Assert.NotNull(_shares.TryEnter(new BlockingSite()));
        Assert.Null(_shares.TryEnter(new BlockingSite()));
    }

    [Fact]
    public void What_waits_is_done_for_each_site_in_turn()
    {
        var (hog, other) = (new BlockingSite("hog"), new BlockingSite("other"));
        var first = _shares.TryEnter(hog)!;
        while (_shares.TryEnter(hog) != null) { }
        var work = Enumerable.Range(0, 4).Select(_ => new Work()).ToList();
        _shares.Wait(hog, work[0]);
        _shares.Wait(hog, work[1]);
        _shares.Wait(other, work[2]);
        _shares.Wait(other, work[3]);

        Assert.Equal(2, _shares.Waiting); // of the other's: the hog has all that it may have
        Assert.Same(work[2], _shares.Next(out var share));
        Assert.Same(other, share!.Site);
        Assert.Same(work[3], _shares.Next(out _));
        Assert.Null(_shares.Next(out _));
        _shares.Leave(first);
        _shares.Leave(first);
        _shares.Leave(first);
        Assert.Same(work[0], _shares.Next(out _));
    }

    [Fact]
    public void Who_is_blocked_already_is_counted_beyond_the_share_and_bounded_all_the_same()
    {
        var site = new BlockingSite();
        Enter(site);
        for (var i = 75; i < 2 * Limit; i++) Assert.NotNull(_shares.TryEnter(site, isForced: true));
        Assert.Null(_shares.TryEnter(site, isForced: true));
        Assert.Null(_shares.TryEnter(new BlockingSite()));
    }

    [Theory]
    [InlineData(long.MaxValue, 2_000)]
    [InlineData(64L << 20, 81)]
    [InlineData(1L << 20, 16)]
    public void The_limit_goes_by_the_memory(long memory, int limit) => Assert.Equal(limit, WorkerLimit.For(memory, int.MaxValue));

    [Theory]
    [InlineData(200, 66)]
    [InlineData(30, 16)]
    public void The_limit_leaves_threads_for_another_generation_and_for_the_runtime(long threads, int limit) => Assert.Equal(limit, WorkerLimit.For(long.MaxValue, threads));

    private int Enter(BlockingSite site)
    {
        var count = 0;
        while (_shares.TryEnter(site) != null) count++;
        return count;
    }

    private sealed class Work : IThreadPoolWorkItem
    {
        public void Execute() { }
    }
}
