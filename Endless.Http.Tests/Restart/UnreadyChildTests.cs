using Endless.Http.Channels;

namespace Endless.Http.Tests.Restart;

/// <summary>A child that does not get ready: this generation serves on, says why, and the next restart works.</summary>
public sealed class UnreadyChildTests : IDisposable
{
    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();

    public void Dispose() => _first.Dispose();

    [Fact]
    public async Task A_program_that_cannot_be_executed()
    {
        _first.Host.SpawnFailure = "cannot execute /srv/app: No such file or directory";
        await FailsAsync(_first.Generation.RestartAsync(), _first.Host.SpawnFailure);
        _first.Host.SpawnFailure = null;
        await _first.SucceedsAsync();
        Assert.Equal((1, 1), (_first.Generation.Restarts, _first.Generation.Failures));
    }

    [Theory]
    [InlineData(0x300, "the new process (pid 2001) exited with code 3 before it was ready")]
    [InlineData(0, "the new process (pid 2001) exited with code 0 before it was ready")]
    [InlineData(11, "the new process (pid 2001) was killed by SIGSEGV before it was ready")]
    public async Task A_child_that_ends(int status, string reason)
    {
        var restart = _first.Generation.RestartAsync();
        _first.Host.NextChild().Exit(status);
        await FailsAsync(restart, reason);
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_has_ended_before_its_parent_knows_of_it_is_heard_all_the_same()
    {
        _first.Spawning = child =>
        {
            child.Parent.Send(new FailedMessage("no"));
            child.Exit(0x300);
        };
        await FailsAsync(_first.Generation.RestartAsync(), "no");
        Assert.False(_first.Host.NextChild().Killed);
        _first.Spawning = null;
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_says_why_it_fails_is_quoted()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new FailedMessage("Cannot listen on :81: Permission denied."));
        child.Exit(0x8600);
        await FailsAsync(restart, "Cannot listen on :81: Permission denied");
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_child_that_says_that_it_fails_and_lives_on_is_killed()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new FailedMessage("no"));
        await FailsAsync(restart, "no");
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_child_that_is_told_to_stop_before_it_is_ready_has_failed()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new StopMessage());
        child.Exit(0);
        await FailsAsync(restart, "it was told to stop");
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_is_not_ready_in_time_is_killed()
    {
        _first.Server.StartTimeout = TimeSpan.FromMilliseconds(50);
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        await FailsAsync(restart, "the new process (pid 2001) was not ready within 0.05 s and was killed");
        Assert.True(child.Killed);
        _first.Server.StartTimeout = Long;
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_is_late_has_said_what_it_waits_for()
    {
        _first.Server.StartTimeout = TimeSpan.FromMilliseconds(50);
        _first.Spawning = child => child.Parent.Send(new WaitingMessage(":8081, made and never started"));
        await FailsAsync(_first.Generation.RestartAsync(),
            "the new process (pid 2001) was not ready within 0.05 s and was killed; it was waiting for :8081, made and never started");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task A_start_timeout_that_is_none_or_too_long_for_a_timer_is_for_ever(long ticks)
    {
        _first.Server.StartTimeout = TimeSpan.FromTicks(ticks);
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_speaks_nonsense_is_killed()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.SendRaw("HTTP/1.1 200 OK\r\n"u8);
        await FailsAsync(restart, "the new process (pid 2001) does not speak the control protocol (485454502F312E31 is not the start of a message) and was killed");
        Assert.True(child.Killed);
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_answers_for_connections_that_it_was_not_given_is_killed()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new AdoptedMessage([true], 1));
        await FailsAsync(restart,
            "the new process (pid 2001) does not speak the control protocol (it says what it took of 1 connection(s), and was not given so many) and was killed");
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_child_that_closes_its_channel_and_lives_on_is_killed()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Dispose();
        await FailsAsync(restart, "the new process (pid 2001) closed its control channel, and was killed");
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_stop_meanwhile_kills_the_child_before_the_process_may_end()
    {
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        _first.Stop();
        await _first.LeaveAsync().WaitAsync(Long);
        Assert.True(child.Killed);
        // By now, not soon: the process ends next.
        Assert.Contains(_first.Log.Entries, entry => entry.Message == "Restart given up: this process was told to stop.");
        Assert.Equal("this process was told to stop", (await restart.WaitAsync(Long)).Reason);
    }

    [Fact]
    public async Task A_restart_while_the_last_child_ends_begins_when_it_has_and_is_told_of_after_it()
    {
        var first = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.Parent.Send(new FailedMessage("no"));
        await _first.Log.WaitForAsync("SuccessorFailed");
        var second = _first.Generation.RestartAsSignalAsync();
        await _first.Log.WaitForAsync("SIGHUP noted: the process of the last restart has not ended; the next restart begins as soon as it has.");
        Assert.True(_first.Host.NothingSpawned);
        child.Exit(0);
        await FailsAsync(first, "no");
        _first.Host.NextChild().SayReady();
        Assert.True((await second.WaitAsync(Long)).Succeeded);
        Assert.Equal(["began", "failed: no", "began", "handed on to 2"], _first.Steps);
    }

    private async Task FailsAsync(Task<RestartResult> restart, string reason)
    {
        Assert.Equal(RestartResult.Failed(reason), await restart.WaitAsync(Long));
        await _first.Log.WaitForAsync($"Restart failed: {reason}. This generation serves on; SIGHUP tries again.");
        Assert.Equal(1, _first.Generation.Failures);
        Assert.Empty(_first.Server.Told);
    }
}
