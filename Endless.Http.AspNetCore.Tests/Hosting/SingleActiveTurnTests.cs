using System.Diagnostics;
using System.Text;
using Endless.Http.AspNetCore.Hosting.SingleActive;
using Endless.Http.Load;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Whose turn it is, of several generations.</summary>
public sealed class SingleActiveTurnTests
{
    private static readonly ProcessIdentity Own = ProcessIdentity.Own;

    private readonly List<string> _told = [];

    private SingleActiveTurn Create(bool isTold, params ProcessIdentity[] before) => new(isTold, before, state => _told.Add(Encoding.ASCII.GetString(state)));

    [Fact]
    public void The_first_generations_turn_is_at_once()
    {
        var turn = Create(isTold: false);
        Assert.True(turn.Free.IsCompleted);
        turn.Enter();
        turn.Enter();
        Assert.Equal($"{Own}", Encoding.ASCII.GetString(turn.State));
        turn.Leave();
        turn.Leave();
        Assert.Equal([$"{Own}", ""], _told);
    }

    [Fact]
    public async Task A_turn_comes_when_the_generation_before_says_that_nothing_runs()
    {
        var turn = Create(isTold: true, Own);
        Assert.False(turn.Free.IsCompleted);
        turn.Take(default);
        await turn.Free.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task What_runs_two_generations_before_is_passed_on_and_waited_for()
    {
        using var first = Process.Start("sleep", "600");
        var running = ProcessIdentity.Of(first.Id);
        var turn = Create(isTold: true, Own, running);
        turn.Take(Encoding.ASCII.GetBytes($"{running}"));
        Assert.False(turn.Free.IsCompleted);
        Assert.Equal($"{running}", Encoding.ASCII.GetString(turn.State));
        var gone = turn.PredecessorGoneAsync();
        Assert.False(turn.Free.IsCompleted);
        first.Kill();
        await turn.Free.WaitAsync(Deadline.Default);
        await gone;
        Assert.Equal("", _told[^1]);
    }

    [Fact]
    public async Task A_predecessor_that_knows_of_no_turns_is_waited_for_to_its_end()
    {
        var turn = Create(isTold: false, Own); // which lives
        Assert.False(turn.Free.IsCompleted);
        await turn.PredecessorGoneAsync();
        Assert.True(turn.Free.IsCompleted);
    }

    [Fact]
    public async Task A_process_is_told_from_a_later_one_of_its_number()
    {
        Assert.True(Own.IsAlive);
        Assert.False((Own with { StartTime = Own.StartTime + 1 }).IsAlive);
        Assert.Equal(Own, ProcessIdentity.Parse($"{Own}"));
        Assert.Null(ProcessIdentity.Parse("x:1"));
        Assert.Null(ProcessIdentity.Parse("1"));
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        Assert.False(new ProcessIdentity(process.Id, 1).IsAlive);
    }
}
