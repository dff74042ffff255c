using Endless.Http.Channels;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Restart;

/// <summary>A restart that comes to its end, and what is asked for beside it.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();

    public void Dispose() => _first.Dispose();

    [Fact]
    public async Task A_child_that_gets_ready_takes_over()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        Assert.Equal(RestartResult.Success(2, child.Id), await restart.WaitAsync(Long));
        Assert.Equal(["pause", "hand over", "drain"], await _first.Server.ToldAsync("drain"));
        Assert.Equal([_first.Server.Listener!], Assert.Single(_first.Host.Handed));
        Assert.Equal((1, 0), (_first.Generation.Restarts, _first.Generation.Failures));
        Assert.False(child.Killed);
        Assert.Equal(["began", "handed on to 2"], _first.Steps);
    }

    [Fact]
    public async Task An_observer_that_throws_costs_a_line_and_neither_the_answer_nor_the_others()
    {
        using var first = RestartFixture.First(observer: new ThrowingObserver());
        var restart = first.Generation.RestartAsync();
        var child = first.Host.NextChild();
        child.SayReady();
        Assert.Equal(RestartResult.Success(2, child.Id), await restart.WaitAsync(Long));
        Assert.Equal(["began", "handed on to 2"], first.Steps);
        await first.Log.WaitForAsync($"{nameof(ThrowingObserver)} failed, a fault of the server; the restart goes on without it.");
    }

    [Fact]
    public async Task A_child_is_told_to_take_over_and_then_that_the_service_is_its_own()
    {
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        Assert.Null((await child.Parent.HearAsync<TakeOverMessage>()).State);
        await child.Parent.HearAsync<ReleasedMessage>();
        await child.Parent.HearAsync<CountersMessage>(); // the first ones are sent when their turn comes, which may be before or after
    }

    [Fact]
    public async Task A_child_is_told_who_started_it_and_which_generation_it_is()
    {
        using var third = await RestartFixture.WatchedAsync();
        third.Before!.Send(new ReleasedMessage());
        _ = third.Generation.RestartAsync();
        var child = third.Host.NextChild();
        Assert.Equal(new HelloMessage(ControlCodec.Version, third.Host.ProcessId), child.Parent.Receive());
        var info = Assert.IsType<GenerationInfoMessage>(child.Parent.Receive()).Info;
        Assert.Equal((4, 3, 1), (info.Number, info.Restarts, info.Failures));
    }

    [Fact]
    public async Task On_probation_this_generation_keeps_what_it_has_and_nobody_is_answered()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        await _first.Log.WaitForAsync($"Generation 2 (pid {child.Id}) was ready after ");
        await child.Parent.HearAsync<CountersMessage>();
        Assert.Equal(["pause"], _first.Server.Told);
        Assert.False(restart.IsCompleted);
        Assert.Equal(0, _first.Generation.Restarts);
    }

    [Fact]
    public async Task Messages_of_a_later_version_are_ignored()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new HelloMessage(99, child.Id));
        child.Parent.SendRaw([3, 0, 0, 0, 0xee, 0, 0, 0, 1, 2, 3]);
        child.Parent.Send(new ReadyMessage());
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task A_child_that_says_ready_twice_is_ready_once()
    {
        var (_, child) = await _first.BeginProbationAsync();
        child.Parent.Send(new ReadyMessage());
        child.Parent.Send(new StopMessage()); // told after it
        Assert.Equal(["pause", "stop"], await _first.Server.ToldAsync("stop"));
    }

    [Fact]
    public async Task While_a_child_starts_another_restart_is_refused_and_starts_no_child()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        await _first.Log.WaitForAsync($"Restarting: generation 2 started as pid {child.Id}");
        var second = await _first.Generation.RestartAsync().WaitAsync(Long);
        Assert.Matches(@"^a restart is already under way: generation 2 \(pid 2001\) has been starting for \d+\.\d s$", second.Reason);
        Assert.False(second.Began);
        Assert.True(_first.Host.NothingSpawned);
        child.SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.Equal(await restart, await second.Other!.Result);
        Assert.Equal(["began", "refused", "handed on to 2"], _first.Steps);
        Assert.Equal(0, _first.Generation.Failures);
    }

    [Fact]
    public async Task On_probation_the_child_is_the_one_to_restart()
    {
        await _first.BeginProbationAsync();
        var refused = await _first.Generation.RestartAsync().WaitAsync(Long);
        Assert.Equal("generation 2 (pid 2001) is taking over; it is the one to restart, as soon as it has", refused.Reason);
        Assert.False(refused.Other!.Result.IsCompleted);
    }

    [Fact]
    public async Task After_the_hand_over_the_child_is_the_one_to_restart()
    {
        await _first.SucceedsAsync();
        var refused = await _first.Generation.RestartAsync().WaitAsync(Long);
        Assert.Equal("generation 2 (pid 2001) has taken over; it is the one to restart", refused.Reason);
        Assert.False(refused.Began);
        Assert.True((await refused.Other!.Result).Succeeded);
    }

    [Fact]
    public async Task A_SIGHUP_that_is_refused_is_answered_and_noted_in_the_log()
    {
        await _first.BeginProbationAsync();
        var refused = await _first.Generation.RestartAsSignalAsync().WaitAsync(Long);
        Assert.False(refused.Began);
        await _first.Log.WaitForAsync($"SIGHUP noted: {refused.Reason}.");
    }

    [Fact]
    public async Task A_SIGHUP_restarts_and_whoever_waits_for_it_hears_what_comes_of_it()
    {
        var restart = _first.Generation.RestartAsSignalAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        Assert.Equal(RestartResult.Success(2, child.Id), await restart.WaitAsync(Long));
        await _first.Log.WaitForAsync("Received SIGHUP.");
    }

    [Fact]
    public async Task A_child_in_charge_that_dies_later_is_logged()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        await _first.Server.ToldAsync("drain");
        child.Exit(9);
        var (_, message, _) = await _first.Log.WaitForAsync("which had taken over");
        Assert.Matches(@"^Generation 2, which had taken over, is gone: the new process \(pid 2001\) was killed by SIGKILL [\d.]+ s after it was ready\.$", message);
        Assert.True((await restart).Succeeded);
        Assert.Equal("drain", _first.Server.Told[^1]);
    }

    [Fact]
    public async Task A_child_in_charge_that_speaks_nonsense_keeps_the_service_and_is_logged()
    {
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        await _first.Server.ToldAsync("drain");
        child.Parent.SendRaw("this is nonsense, not a frame"u8);
        await _first.Log.WaitForAsync($"Generation 2 (pid {child.Id}), which has taken over, can no longer be understood (");
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_logger_that_throws_costs_nothing()
    {
        using var first = RestartFixture.First(new ThrowingLogger());
        first.Host.SpawnFailure = "no";
        Assert.Equal("no", (await first.Generation.RestartAsync().WaitAsync(Long)).Reason);
        first.Host.SpawnFailure = null;
        var (restart, child) = await first.BeginProbationAsync();
        child.Exit(9);
        Assert.NotNull((await restart.WaitAsync(Long)).Reason);
        await first.SucceedsAsync();
    }

    [Fact]
    public async Task A_server_that_throws_is_logged_and_the_restart_goes_on()
    {
        _first.Server.Telling = what =>
        {
            if (what == "pause") throw new InvalidOperationException("broken");
        };
        await _first.SucceedsAsync();
        var (_, _, exception) = await _first.Log.WaitForAsync("PauseServers failed, a fault of the server");
        Assert.Equal("broken", exception?.Message);
    }

    private sealed class ThrowingObserver : IGenerationObserver
    {
        public void RestartBegan() => throw new InvalidOperationException("was told to throw");

        public void SuccessorTookOver(int number, int processId) => throw new InvalidOperationException("was told to throw");
    }
}
