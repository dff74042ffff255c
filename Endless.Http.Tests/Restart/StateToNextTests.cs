using Endless.Http.Channels;

namespace Endless.Http.Tests.Restart;

/// <summary>What the application leaves is asked before the spawn and once more before the hand-over. It is the application's code, so it may do anything.</summary>
public sealed class StateToNextTests : IDisposable
{
    private const int TooLong = (1 << 20) + 1;

    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();
    private readonly ManualResetEventSlim _never = new();

    public void Dispose()
    {
        _never.Set();
        _first.Dispose();
    }

    private async Task<FakeChild> TakesOverAsync()
    {
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        await _first.Server.ToldAsync("drain");
        return child;
    }

    private bool IsBeforeTheSpawn => _first.Host.Handed.Count == 0;

    [Fact]
    public async Task It_is_asked_again_after_the_probation_and_the_last_word_counts()
    {
        byte asked = 0;
        _first.Generation.StateToNext = () => new[] { ++asked };
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal([1], (await child.Parent.HearAsync<GenerationInfoMessage>()).Info.State.ToArray());
        child.SayReady();
        Assert.Equal([2], (await child.Parent.HearAsync<TakeOverMessage>()).State!.Value.ToArray());
    }

    [Fact]
    public async Task What_the_last_requests_have_left_is_told_as_the_old_generation_ends()
    {
        byte asked = 0;
        _first.Generation.StateToNext = () => new[] { ++asked };
        var child = await TakesOverAsync();
        _ = _first.LeaveAsync();
        Assert.Equal([3], (await child.Parent.HearAsync<StateMessage>()).State.ToArray());
    }

    [Fact]
    public async Task Nothing_is_told_at_the_end_if_nothing_has_changed()
    {
        _first.Generation.StateToNext = () => new byte[] { 7 };
        var child = await TakesOverAsync();
        await _first.LeaveAsync().WaitAsync(Long);
        child.Exit(0);
        while (await child.Parent.ReceiveAsync().WaitAsync(Long) is { } message) Assert.IsNotType<StateMessage>(message);
    }

    [Fact]
    public async Task One_that_throws_at_the_end_is_logged_only()
    {
        var isOver = false;
        _first.Generation.StateToNext = () => isOver ? throw new IOException("disk full.") : default;
        await TakesOverAsync();
        isOver = true;
        await _first.LeaveAsync().WaitAsync(Long);
        await _first.Log.WaitForAsync("A StateToNext callback failed.");
    }

    [Fact]
    public async Task One_that_throws_before_the_spawn_fails_the_restart()
    {
        _first.Generation.StateToNext = () => throw new IOException("disk full.");
        await FailsAsync("disk full");
    }

    [Fact]
    public async Task One_that_is_too_long_before_the_spawn_fails_the_restart()
    {
        _first.Generation.StateToNext = () => new byte[TooLong];
        await FailsAsync("it gave 1048577 bytes; 1048576 are the most that a generation can leave");
    }

    [Fact]
    public async Task One_that_never_returns_before_the_spawn_fails_the_restart()
    {
        _first.Server.StartTimeout = TimeSpan.FromMilliseconds(50);
        _first.Generation.StateToNext = NeverReturn;
        await FailsAsync("it did not return in time");
    }

    [Fact]
    public async Task One_that_is_late_is_no_answer_to_the_next_restarts_question()
    {
        _first.Server.StartTimeout = TimeSpan.FromMilliseconds(50);
        _first.Generation.StateToNext = NeverReturn;
        await FailsAsync("it did not return in time");
        _first.Server.StartTimeout = Long;
        _first.Generation.StateToNext = () =>
        {
            _never.Set(); // the first one returns now
            return "second"u8.ToArray();
        };
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal("second"u8.ToArray(), (await child.Parent.HearAsync<GenerationInfoMessage>()).Info.State.ToArray());
        child.SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.True(_first.Host.NothingSpawned);
    }

    [Fact]
    public async Task One_that_throws_before_the_hand_over_is_logged_only()
    {
        _first.Generation.StateToNext = () => IsBeforeTheSpawn ? default : throw new IOException("disk full.");
        await SucceedsWithoutAsync("StateToNext failed: disk full.");
    }

    [Fact]
    public async Task One_that_is_too_long_before_the_hand_over_is_logged_only()
    {
        _first.Generation.StateToNext = () => IsBeforeTheSpawn ? default : new byte[TooLong];
        await SucceedsWithoutAsync("StateToNext failed: it gave 1048577 bytes");
    }

    [Fact]
    public async Task One_that_never_returns_before_the_hand_over_is_logged_only()
    {
        _first.Server.Telling = what =>
        {
            if (what == "pause") _first.Server.StartTimeout = TimeSpan.FromMilliseconds(50);
        };
        _first.Generation.StateToNext = () => IsBeforeTheSpawn ? default : NeverReturn();
        await SucceedsWithoutAsync("StateToNext failed: it did not return in time");
    }

    [Fact]
    public async Task A_stop_while_it_is_asked_ends_the_restart_before_there_is_a_child()
    {
        using var asked = new SemaphoreSlim(0);
        _first.Generation.StateToNext = () =>
        {
            asked.Release();
            return NeverReturn();
        };
        var restart = _first.Generation.RestartAsync();
        Assert.True(await asked.WaitAsync(Long));
        _first.Stop();
        Assert.Equal(RestartResult.Failed("this process was told to stop"), await restart.WaitAsync(Long));
        _never.Set();
        await _first.LeaveAsync().WaitAsync(Long);
        Assert.True(_first.Host.NothingSpawned);
    }

    private ReadOnlyMemory<byte> NeverReturn()
    {
        _never.Wait();
        return default;
    }

    private async Task FailsAsync(string reason)
    {
        var result = await _first.Generation.RestartAsync().WaitAsync(Long);
        Assert.Equal(RestartResult.Failed($"StateToNext failed: {reason}"), result);
        Assert.Equal(["began", $"failed: StateToNext failed: {reason}"], _first.Steps);
        await _first.Log.WaitForAsync($"Restart failed: StateToNext failed: {reason}. This generation serves on; SIGHUP tries again.");
        Assert.True(_first.Host.NothingSpawned);
        Assert.Empty(_first.Server.Told);
    }

    private async Task SucceedsWithoutAsync(string logged)
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        Assert.Null((await child.Parent.HearAsync<TakeOverMessage>()).State);
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await _first.Log.WaitForAsync(logged);
    }
}
