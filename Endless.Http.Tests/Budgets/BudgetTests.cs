using Endless.Http.Budgets;
using Endless.Http.Load;

namespace Endless.Http.Tests.Budgets;

public sealed class BudgetTests
{
    [Fact]
    public void A_connection_counts_by_steps()
    {
        var budget = new Budget("test", 100);
        var holding = new Holding(budget, new Holder(), step: 10);
        Assert.True(holding.TryAdd(1));
        Assert.Equal(10, budget.Used);
        Assert.True(holding.TryAdd(9));
        Assert.Equal(10, budget.Used);
        Assert.True(holding.TryAdd(1));
        Assert.Equal(20, budget.Used);
        holding.Remove(2); // around a step: not given back each time
        Assert.Equal(20, budget.Used);
        holding.Remove(9);
        Assert.Equal((0, 0), (budget.Used, holding.Held));
    }

    [Fact]
    public void What_is_new_is_refused_beyond_the_limit_and_counted()
    {
        var budget = new Budget("test", 100);
        var holding = new Holding(budget, new Holder(), step: 10);
        Assert.True(holding.TryAdd(100));
        Assert.False(holding.TryAdd(1));
        Assert.Equal((100, 100, 1L), (budget.Used, holding.Held, budget.Refused));
        budget.Limit = 200;
        Assert.True(holding.TryAdd(1));
    }

    [Fact]
    public void A_connection_that_is_over_holds_nothing()
    {
        var budget = new Budget("test", 100);
        var holding = new Holding(budget, new Holder(), step: 10);
        holding.Add(55);
        holding.End();
        holding.Add(7);
        holding.Remove(50);
        Assert.Equal(0, budget.Used);
    }

    /// <summary>Most for longest: what a connection holds by how long it has not got on.</summary>
    [Fact]
    public void Who_holds_most_for_longest_is_shed_first()
    {
        var budget = new Budget("test", 100);
        var (small, large, late) = (new Holder(), new Holder(), new Holder());
        Hold(budget, small, 20);
        Hold(budget, large, 40);
        budget.Look(0);
        Hold(budget, late, 40);
        budget.Look(1_000); // nobody has waited for long
        Assert.Equal((false, false, false), (small.IsShed, large.IsShed, late.IsShed));
        budget.Look(1_000 + Budget.Patience);
        Assert.Equal((false, true, false), (small.IsShed, large.IsShed, late.IsShed)); // an eighth is free with that
        Assert.Equal(1, budget.Shed);
    }

    [Fact]
    public void A_connection_that_gets_on_is_not_shed()
    {
        var budget = new Budget("test", 100);
        var (busy, stuck) = (new Holder(), new Holder());
        var working = Hold(budget, busy, 60);
        Hold(budget, stuck, 40);
        budget.Look(0);
        for (var now = 1_000; now <= 3 * Budget.Patience; now += 1_000)
        {
            working.Remove(30);
            working.Add(30);
            budget.Look(now);
        }
        Assert.Equal((false, true), (busy.IsShed, stuck.IsShed));
    }

    [Fact]
    public void Beyond_half_as_much_again_whoever_holds_most_is_shed()
    {
        var budget = new Budget("test", 100);
        var (small, large) = (new Holder(), new Holder());
        Hold(budget, small, 60);
        var leaving = Hold(budget, large, 100); // looks by itself, too
        var now = Environment.TickCount64;
        budget.Look(now);
        budget.Look(now);
        Assert.Equal((false, true), (small.IsShed, large.IsShed));
        leaving.End();
        Assert.Equal((60, 1L), (budget.Used, budget.Shed));
    }

    /// <summary>Who is shed needs a moment to end; nobody else goes for that.</summary>
    [Fact]
    public void Nobody_is_shed_for_what_another_who_was_shed_still_holds()
    {
        var budget = new Budget("test", 100);
        var (first, second) = (new Holder(), new Holder());
        var leaving = Hold(budget, first, 60);
        Hold(budget, second, 40);
        budget.Look(0);
        budget.Look(Budget.Patience);
        budget.Look(Budget.Patience + 100);
        Assert.Equal((true, false), (first.IsShed, second.IsShed));
        leaving.End();
        Hold(budget, new Holder(), 60);
        budget.Look(Budget.Patience + 200);
        Assert.True(second.IsShed);
    }

    [Fact]
    public void One_that_does_not_end_though_it_was_shed_is_not_waited_for()
    {
        var budget = new Budget("test", 100);
        var (stays, other) = (new Holder(), new Holder());
        Hold(budget, stays, 60);
        Hold(budget, other, 40);
        budget.Look(0);
        budget.Look(Budget.Patience);
        budget.Look(2 * Budget.Patience);
        Assert.Equal((true, true), (stays.IsShed, other.IsShed));
    }

    [Fact]
    public async Task What_came_beyond_the_limit_has_somebody_shed_by_itself()
    {
        var budget = new Budget("test", 100);
        var holder = new Holder();
        Hold(budget, holder, 1_000);
        await Deadline.UntilAsync(() => holder.IsShed, "it is shed");
    }

    /// <summary>So that a container of 64 MiB is not filled by what clients hold: characters take two bytes of an octet of a header section.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(8192)]
    public void All_limits_together_leave_half_of_the_memory(int mebibytes)
    {
        var budget = new ProcessBudget((long)mebibytes << 20);
        var all = 2 * budget.Heads.Limit + budget.Bodies.Limit + budget.Unsent.Limit + budget.Streams.Limit * 8 * 1024 + budget.Handshakes.Limit * 64 * 1024;
        Assert.InRange(all, (long)mebibytes << 18, ((long)mebibytes << 19) + ((long)mebibytes << 16));
    }

    [Fact]
    public void A_program_sets_the_limits()
    {
        var budget = new ProcessBudget(1 << 30);
        new ProcessLimits(budget).MaxStreams = 7;
        Assert.Equal(7, budget.Streams.Limit);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessLimits(budget).MaxHeaderBytes = 0);
    }

    private static Holding Hold(Budget budget, Holder holder, long amount)
    {
        var holding = new Holding(budget, holder, step: 1);
        holding.Add(amount);
        return holding;
    }

    private sealed class Holder : IShedTarget
    {
        private volatile bool _isShed;

        public bool IsShed => _isShed;

        public void Shed() => _isShed = true;
    }
}
