using Endless.Http.Budgets;

namespace Endless.Http.Tests.Http1;

/// <summary>Heads that come in pieces are bounded for the process.</summary>
public sealed class HeadBudgetTests
{
    [Fact]
    public async Task A_half_head_beyond_what_the_process_holds_is_refused()
    {
        var budget = new ProcessBudget();
        budget.Heads.Limit = 40_000;
        await using var holder = new Http1Fixture(Handler.From((w, r) => w.Write("held")), budget: budget);
        await holder.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 15_000));
        Assert.InRange(budget.Heads.Used, 30_000, 40_000);

        await using var server = new Http1Fixture(Handler.From((w, r) => w.Write("served")), budget: budget);
        Assert.Equal(200, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status); // whole, it is never counted
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 15_000));
        var refused = await server.Client.ReadAsync();
        Assert.Equal((503, "close"), (refused.Status, refused["Connection"]));
        Assert.Equal(1, budget.Heads.Refused);

        await holder.SendAsync("\r\n\r\n");
        Assert.Equal("held", (await holder.Client.ReadAsync()).Text);
        Assert.Equal(0, budget.Heads.Used);
    }

    [Fact]
    public async Task A_connection_that_ends_within_a_head_holds_nothing()
    {
        var budget = new ProcessBudget();
        await using (var server = new Http1Fixture(Handler.From((w, r) => w.Write("served")), budget: budget))
        {
            await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 15_000));
            Assert.NotEqual(0, budget.Heads.Used);
        }
        Assert.Equal(0, budget.Heads.Used);
    }
}
