using System.Collections.Concurrent;
using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Spawning;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Restart;

public sealed class RestarterTests : IDisposable
{
    private static readonly TimeSpan Long = Endless.Http.Load.Deadline.Default;

    private readonly ListenerDescriptor[] _listeners = [TestListener.On(":8080"), TestListener.On("unix:/run/a.sock")];
    private readonly FakeHost _host = new();
    private readonly LogRecorder _log = new();
    private readonly Restarter _restarter;
    private readonly Steps _steps = new();

    public RestarterTests() => _restarter = new Restarter(_host, new GenerationInfo(4, 3, 1, default), () => _log, _steps);

    public void Dispose()
    {
        foreach (var listener in _listeners) listener.Socket.Dispose();
    }

    private Task<RestartResult> Restart(TimeSpan? timeout = null) =>
        _restarter.RestartAsync(_listeners, timeout ?? Long, TimeSpan.Zero, _steps);

    private async Task FailsAsync(Task<RestartResult> restart, string reason)
    {
        var result = await restart.WaitAsync(Long);
        Assert.True(result.Began);
        Assert.Equal(reason, result.Reason);
        Assert.False(_restarter.HandedOn);
        Assert.Equal(0, _steps.HandOns);
    }

    [Fact]
    public async Task A_child_that_gets_ready_takes_over()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.Equal(1, _steps.HandOns);
        Assert.True(_restarter.HandedOn);
        Assert.Equal((4, 1), (_restarter.Restarts, _restarter.Failures));
        Assert.Equal(_listeners, _host.Handed[0]);
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_child_that_dies_on_probation_is_a_failed_restart_and_this_generation_accepts_again()
    {
        var restart = _restarter.RestartAsync(_listeners, Long, probation: Long, _steps);
        var child = _host.NextChild();
        child.SayReady();
        await _steps.Paused.WaitAsync(Long);
        Assert.False(_restarter.HandedOn);
        child.Exit(11);
        var result = await restart.WaitAsync(Long);
        Assert.Matches(@"^the new process \(pid 2001\) was killed by SIGSEGV .* s after it was ready$", result.Reason);
        Assert.Equal((1, 1, 0), (_steps.Pauses, _steps.Continues, _steps.HandOns));
        Assert.Equal((3, 2), (_restarter.Restarts, _restarter.Failures));
        await SucceedsAsync();
    }

    [Fact]
    public async Task A_stop_during_probation_hands_on_at_once()
    {
        var restart = _restarter.RestartAsync(_listeners, Long, probation: TimeSpan.FromHours(1), _steps);
        _host.NextChild().SayReady();
        await _steps.Paused.WaitAsync(Long);
        var refused = await _restarter.RestartAsync(_listeners, Long, Long, _steps);
        Assert.Equal("generation 5 (pid 2001) is taking over; it is the one to restart, as soon as it has", refused.Reason);
        var attempt = _restarter.AbandonAsync(out var handsOn);
        Assert.True(handsOn);
        await attempt.WaitAsync(Long);
        Assert.True((await restart).Succeeded);
        Assert.Equal((0, 1), (_steps.Continues, _steps.HandOns));
    }

    [Fact]
    public async Task A_child_is_told_who_started_it_and_which_generation_it_is()
    {
        var restart = Restart();
        var child = _host.NextChild();
        Assert.Equal(new HelloMessage(ControlCodec.Version, _host.ProcessId), child.Parent.Receive());
        var info = Assert.IsType<GenerationInfoMessage>(child.Parent.Receive()).Info;
        Assert.Equal((5, 4, 1), (info.Number, info.Restarts, info.Failures));
        child.SayReady();
        await restart.WaitAsync(Long);
    }

    [Fact]
    public async Task Messages_of_a_later_version_are_ignored()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.Parent.Send(new HelloMessage(99, child.Id));
        child.Parent.SendRaw([3, 0, 0, 0, 0xee, 0, 0, 0, 1, 2, 3]);
        child.Parent.Send(new ReadyMessage());
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task A_program_that_cannot_be_executed_is_a_failed_restart_and_the_next_one_works()
    {
        _host.SpawnFailure = "cannot execute /srv/app: No such file or directory";
        await FailsAsync(Restart(), _host.SpawnFailure);
        Assert.Equal(2, _restarter.Failures);
        _host.SpawnFailure = null;
        await SucceedsAsync();
    }

    [Theory]
    [InlineData(0x300, "the new process (pid 2001) exited with code 3 before it was ready")]
    [InlineData(0, "the new process (pid 2001) exited with code 0 before it was ready")]
    [InlineData(11, "the new process (pid 2001) was killed by SIGSEGV before it was ready")]
    public async Task A_child_that_dies_first_is_a_failed_restart_and_the_next_one_works(int status, string reason)
    {
        var restart = Restart();
        _host.NextChild().Exit(status);
        await FailsAsync(restart, reason);
        await SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_says_why_it_fails_is_quoted()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.Parent.Send(new FailedMessage("Cannot listen on :81: Permission denied."));
        child.Exit(0x8600);
        await FailsAsync(restart, "Cannot listen on :81: Permission denied");
        Assert.False(child.Killed);
        Assert.Contains(_log.Entries, entry => entry.Message == "Restart failed: Cannot listen on :81: Permission denied. This generation serves on; SIGHUP tries again.");
    }

    [Fact]
    public async Task A_child_that_is_not_ready_in_time_is_killed()
    {
        var restart = Restart(TimeSpan.FromMilliseconds(50));
        var child = _host.NextChild();
        await FailsAsync(restart, "the new process (pid 2001) was not ready within 0.05 s and was killed");
        Assert.True(child.Killed);
        await SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_speaks_nonsense_is_killed()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.Parent.SendRaw("HTTP/1.1 200 OK\r\n"u8);
        await FailsAsync(restart, "the new process (pid 2001) does not speak the control protocol (485454502F312E31 is not the start of a message) and was killed");
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_child_that_closes_its_channel_is_killed()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.Parent.Dispose();
        await FailsAsync(restart, "the new process (pid 2001) closed its control channel before it was ready, and was killed");
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_second_restart_meanwhile_is_refused_and_starts_no_child()
    {
        var first = Restart();
        var child = _host.NextChild();
        var second = await Restart();
        Assert.False(second.Began);
        Assert.Contains("generation 5 (pid 2001) has been starting for", second.Reason);
        Assert.True(_host.NothingSpawned);
        child.SayReady();
        Assert.True((await first.WaitAsync(Long)).Succeeded);

        var third = await Restart();
        Assert.False(third.Began);
        Assert.Equal("generation 5 (pid 2001) has taken over; it is the one to restart", third.Reason);
        Assert.Equal(1, _steps.HandOns);
        Assert.Equal(1, _restarter.Failures);
    }

    [Fact]
    public async Task What_fails_meanwhile_leaves_the_restart_that_is_under_way_alone()
    {
        var restart = Restart();
        var child = _host.NextChild();
        Assert.False(_restarter.Fail("StateToNext failed: disk full").Began);
        Assert.Equal(1, _restarter.Failures);
        child.SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.Equal(["began", "refused", "handed on"], _steps.Told);
    }

    [Fact]
    public void A_restart_that_fails_before_there_is_a_child_began_all_the_same()
    {
        Assert.True(_restarter.Fail("StateToNext failed: disk full").Began);
        Assert.Equal(["began", "failed: StateToNext failed: disk full"], _steps.Told);
    }

    /// <summary>Whoever keeps account of attempts would otherwise put the first one's end down to the second, and have none left when that one goes on.</summary>
    [Fact]
    public async Task The_end_of_a_restart_is_told_before_the_next_one_begins()
    {
        var next = new Thread(() => _restarter.Fail("the second"));
        _steps.Failing = () =>
        {
            _steps.Failing = null;
            next.Start();
            next.Join(250); // it has to wait for its turn, so this is in vain, however long; were it not to, it would be done by then
        };
        var first = Restart();
        _host.NextChild().Exit(11);
        var reason = (await first.WaitAsync(Long)).Reason;
        Assert.True(next.Join(Long));
        Assert.Equal(["began", $"failed: {reason}", "began", "failed: the second"], _steps.Told);
    }

    [Fact]
    public async Task A_stop_meanwhile_kills_the_child_before_it_completes()
    {
        var restart = Restart();
        var child = _host.NextChild();
        await _restarter.AbandonAsync(out _).WaitAsync(Long);
        Assert.True(child.Killed);
        // By now, not soon: the process ends next.
        Assert.Contains(_log.Entries, entry => entry.Message.StartsWith("Restart given up: this process was told to stop"));
        await FailsAsync(restart, "this process was told to stop, and the new one (pid 2001) was killed");
    }

    [Fact]
    public async Task A_child_that_dies_after_it_took_over_is_logged()
    {
        var restart = Restart();
        var child = _host.NextChild();
        child.SayReady();
        await restart.WaitAsync(Long);
        child.Exit(9);
        await _log.WaitForAsync("Generation 5 (pid 2001), which had taken over, was killed by SIGKILL.");
    }

    [Fact]
    public async Task A_start_timeout_too_long_for_a_timer_is_for_ever()
    {
        var restart = Restart(TimeSpan.MaxValue);
        _host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task What_fails_here_while_the_child_gets_ready_is_a_failed_restart_with_its_reason()
    {
        _steps.Pausing = () => throw new InvalidOperationException("something broke.");
        var restart = Restart();
        var child = _host.NextChild();
        child.SayReady();
        await FailsAsync(restart, "something broke");
        Assert.True(child.Killed);
        Assert.Equal(1, _steps.Continues);
        _steps.Pausing = null;
        await SucceedsAsync();
    }

    [Fact]
    public void No_result_is_no_success()
    {
        var result = default(RestartResult);
        Assert.Equal((false, false, 0), (result.Succeeded, result.Began, result.Generation));
        Assert.Equal("this is no result: nothing was attempted", result.Reason);
        Assert.Equal(result, new RestartResult());
        Assert.Null(RestartResult.Success(2, 100).Reason);
    }

    private async Task SucceedsAsync()
    {
        var restart = Restart();
        _host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.Equal((4, 2), (_restarter.Restarts, _restarter.Failures));
    }

    private sealed class Steps : IRestartSteps, IGenerationObserver
    {
        public ConcurrentQueue<string> Told { get; } = [];

        public void RestartBegan() => Told.Enqueue("began");

        public void RestartRefused() => Told.Enqueue("refused");

        public Action? Failing { get; set; }

        public Action? Pausing { get; set; }

        public void RestartFailed(string reason)
        {
            Failing?.Invoke();
            Told.Enqueue($"failed: {reason}");
        }

        public void HandedOn(int number, int processId) => Told.Enqueue("handed on");

        public CountersMessage Counters() => new(0, default);

        public int Pauses { get; private set; }

        public int Continues { get; private set; }

        public int HandOns { get; private set; }

        private readonly TaskCompletionSource _paused = new();

        public Task Paused => _paused.Task;

        public Task PauseAsync()
        {
            Pauses++;
            _paused.TrySetResult();
            Pausing?.Invoke();
            return Task.CompletedTask;
        }

        public void Continue() => Continues++;

        public void HandOn(ControlChannel control) => HandOns++;
    }
}
