using Endless.Http.Channels;

namespace Endless.Http.Tests.Restart;

/// <summary>Until the service is released, whoever stops one of two generations means the service: both stop.</summary>
public sealed class ProbationStopTests : IDisposable
{
    private const string Stopped = "this process was told to stop";

    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();

    public void Dispose() => _first.Dispose();

    [Fact]
    public async Task A_child_that_is_told_to_stop_on_probation_stops_both()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        child.Parent.Send(new StopMessage());
        await child.Parent.HearAsync<StopMessage>();
        Assert.Equal(RestartResult.Failed(Stopped), await restart.WaitAsync(Long));
        Assert.Equal(["pause", "stop"], await _first.Server.ToldAsync("stop"));
        await _first.Log.WaitForAsync("Generation 2 (pid 2001) was told to stop, and so this one stops too: the service ends.");
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_stop_of_this_one_on_probation_stops_both()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        _first.Stop();
        await child.Parent.HearAsync<StopMessage>();
        Assert.Equal(RestartResult.Failed(Stopped), await restart.WaitAsync(Long));
        await _first.Log.WaitForAsync($"Restart given up: {Stopped}.");
        Assert.Equal(["pause"], _first.Server.Told); // the server knows; and it does not accept again
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task Its_process_does_not_end_before_the_child_that_stops_with_it()
    {
        var (_, child) = await _first.BeginProbationAsync();
        _first.Stop();
        await child.Parent.HearAsync<StopMessage>();
        var left = _first.LeaveAsync();
        await _first.Log.WaitForAsync("ServersEnded");
        Assert.False(left.IsCompleted);
        child.Exit(0);
        await left.WaitAsync(Long);
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_child_that_does_not_stop_with_it_is_killed_after_its_hammer_time()
    {
        var (_, child) = await _first.BeginProbationAsync();
        _first.Server.HammerTime = TimeSpan.Zero;
        _first.Stop();
        await _first.LeaveAsync().WaitAsync(Long);
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_stop_while_the_child_takes_over_takes_back_and_stops_both()
    {
        using var asked = new ManualResetEventSlim();
        var (restart, child) = await BeginTakingOverAsync(asked);
        _first.Stop();
        await child.Parent.HearAsync<StopMessage>();
        Assert.Equal(RestartResult.Failed(Stopped), await restart.WaitAsync(Long));
        Assert.Equal(["pause", "take back"], await _first.Server.ToldAsync("take back"));
        asked.Set();
    }

    [Fact]
    public async Task A_child_that_is_told_to_stop_while_it_takes_over_stops_both()
    {
        using var asked = new ManualResetEventSlim();
        var (restart, child) = await BeginTakingOverAsync(asked);
        child.Parent.Send(new StopMessage());
        await child.Parent.HearAsync<StopMessage>();
        Assert.Equal(RestartResult.Failed(Stopped), await restart.WaitAsync(Long));
        Assert.Equal(["pause", "take back", "stop"], await _first.Server.ToldAsync("stop"));
        asked.Set();
    }

    [Fact]
    public async Task A_child_that_fails_and_then_is_told_to_stop_stops_both()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        child.Parent.Send(new FailedMessage("no"));
        child.Parent.Send(new StopMessage());
        Assert.Equal(["pause", "resume", "stop"], await _first.Server.ToldAsync("stop"));
        child.Exit(0);
        Assert.Equal(RestartResult.Failed("no"), await restart.WaitAsync(Long));
    }

    [Fact]
    public async Task A_child_in_charge_that_is_told_to_stop_is_its_own_affair()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        await _first.Server.ToldAsync("drain");
        child.Parent.Send(new StopMessage());
        child.Exit(9);
        await _first.Log.WaitForAsync("Generation 2, which had taken over, is gone");
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.Equal(["pause", "hand over", "drain"], _first.Server.Told);
    }

    [Fact]
    public async Task A_stop_of_the_generation_before_stops_this_one_on_probation()
    {
        using var third = await RestartFixture.WatchedAsync();
        third.Before!.Send(new StopMessage());
        Assert.Equal(["stop"], await third.Server.ToldAsync("stop"));
        await third.Log.WaitForAsync("The process before this one was told to stop, and so this one stops too: the service ends.");
        await third.Before.HearAsync<StopMessage>();
    }

    [Fact]
    public async Task A_program_that_stops_itself_on_probation_is_a_failed_start()
    {
        using var third = await RestartFixture.WatchedAsync();
        third.Stop();
        Assert.Equal(new FailedMessage("its program has stopped its servers"), await third.Before!.HearAsync<FailedMessage>());
    }

    [Fact]
    public async Task A_stop_before_it_is_ready_is_a_failed_start()
    {
        using var third = RestartFixture.Continued();
        third.Stop();
        Assert.Equal(new FailedMessage("it was told to stop"), await third.Before!.HearAsync<FailedMessage>());
    }

    [Fact]
    public async Task Servers_that_end_on_probation_without_a_stop_are_a_failed_start()
    {
        using var third = await RestartFixture.WatchedAsync();
        await third.LeaveAsync().WaitAsync(Long);
        Assert.Equal(new FailedMessage("its program has stopped its servers"), await third.Before!.HearAsync<FailedMessage>());
    }

    /// <summary>The probation is over, and the application is asked once more what it leaves.</summary>
    private async Task<(Task<RestartResult> Restart, FakeChild Child)> BeginTakingOverAsync(ManualResetEventSlim answered)
    {
        using var asked = new SemaphoreSlim(0);
        _first.Generation.StateToNext = () =>
        {
            if (_first.Host.Handed.Count == 0) return default;
            asked.Release();
            answered.Wait();
            return default;
        };
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        Assert.True(await asked.WaitAsync(Long));
        return (restart, child);
    }
}
