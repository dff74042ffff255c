using Endless.Http.Budgets;
using Endless.Http.Load;

namespace Endless.Http.Tests.Budgets;

public sealed class PlacesTests : IShedTarget
{
    private readonly Budget _budget = new("test", 1);

    [Fact]
    public async Task Who_finds_no_place_waits_for_one_in_turn()
    {
        var places = new Places(_budget);
        var (first, second, third) = (Holding(), Holding(), Holding());
        Assert.True(await places.EnterAsync(first, Timeout.InfiniteTimeSpan));
        var entering = places.EnterAsync(second, Timeout.InfiniteTimeSpan).AsTask();
        var last = places.EnterAsync(third, Timeout.InfiniteTimeSpan).AsTask();
        Assert.False(entering.IsCompleted);
        places.Leave(first);
        Assert.True(await entering.WaitAsync(Deadline.Default));
        Assert.False(last.IsCompleted);
        places.Leave(second);
        Assert.True(await last.WaitAsync(Deadline.Default));
        places.Leave(third);
        Assert.Equal(0, _budget.Used);
    }

    [Fact]
    public async Task Who_has_waited_too_long_leaves_its_turn_to_the_next()
    {
        var places = new Places(_budget);
        var (first, late, next) = (Holding(), Holding(), Holding());
        Assert.True(await places.EnterAsync(first, Timeout.InfiniteTimeSpan));
        Assert.False(await places.EnterAsync(late, TimeSpan.FromMilliseconds(1)));
        var entering = places.EnterAsync(next, Timeout.InfiniteTimeSpan).AsTask();
        places.Leave(late);
        places.Leave(first);
        Assert.True(await entering.WaitAsync(Deadline.Default));
        Assert.Equal(1, _budget.Used);
        places.Leave(next);
        Assert.Equal(0, _budget.Used);
    }

    void IShedTarget.Shed() { }

    private Holding Holding() => new(_budget, this, step: 1);
}
