using Endless.Http.Signals;
using Endless.Http.Tests.Diagnostics;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

public class SignalDispatcherTests
{
    private readonly LogRecorder _log = new();
    private readonly SignalHooks _hooks = new();
    private TimeSpan _hookTimeout = TimeSpan.FromSeconds(20);
    private readonly SignalHooks _otherHooks = new();
    private readonly Queue<string> _events = [];
    private readonly SemaphoreSlim _happened = new(0);
    private readonly SignalDispatcher _dispatcher;

    public SignalDispatcherTests() =>
        _dispatcher = new SignalDispatcher(() => [_hooks, _otherHooks], signal => Happened($"act {signal}"), () => _log, () => _hookTimeout);

    private void Happened(string what)
    {
        lock (_events) _events.Enqueue(what);
        _happened.Release();
    }

    private async Task<string[]> EventsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            if (!await _happened.WaitAsync(TimeSpan.FromSeconds(20))) Assert.Fail($"only {string.Join(", ", Events())}");
        return Events();
    }

    private string[] Events()
    {
        lock (_events) return [.. _events];
    }

    [Fact]
    public async Task Hooks_run_before_and_after_in_the_order_they_were_added_server_by_server()
    {
        _hooks[SignalPhase.PreSignal].Add(() => Happened("before any"));
        _hooks[SignalPhase.PreSignal][Signum.SIGHUP].Add(() => Happened("before HUP"));
        _hooks[SignalPhase.PreSignal].Add(() => Happened("before any, later"));
        _hooks[SignalPhase.PreSignal][Signum.SIGTERM].Add(() => Happened("not this one"));
        _otherHooks[SignalPhase.PreSignal][Signum.SIGHUP].Add(() => Happened("before HUP, other server"));
        _hooks[SignalPhase.PostSignal][Signum.SIGHUP].Add(() => Happened("after HUP"));
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["before any", "before HUP", "before any, later", "before HUP, other server", "act SIGHUP", "after HUP"], await EventsAsync(6));
    }

    [Fact]
    public async Task A_hook_that_adds_hooks_skips_none_and_they_run_with_the_next_signal()
    {
        var before = _hooks[SignalPhase.PreSignal][Signum.SIGHUP];
        before.Add(() => Happened("first"));
        before.Add(() =>
        {
            Happened("second");
            before.Add(() => Happened("added"));
        });
        before.Add(() => Happened("third"));
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["first", "second", "third", "act SIGHUP"], await EventsAsync(4));
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["first", "second", "third", "added", "act SIGHUP"], (await EventsAsync(5))[4..]);
    }

    [Fact]
    public async Task Signals_during_a_hook_wait_their_turn_and_none_is_lost()
    {
        using var release = new SemaphoreSlim(0);
        var first = true;
        _hooks[SignalPhase.PreSignal].Add(() =>
        {
            if (!first) return;
            first = false;
            Happened("hook waits");
            release.Wait();
        });
        _dispatcher.Post(HandledSignal.SIGHUP);
        await EventsAsync(1);
        _dispatcher.Post(HandledSignal.SIGUSR2);
        _dispatcher.Post(HandledSignal.SIGHUP);
        _dispatcher.Post(HandledSignal.SIGTERM);
        release.Release();
        Assert.Equal(["hook waits", "act SIGHUP", "act SIGUSR2", "act SIGHUP", "act SIGTERM"], await EventsAsync(4));
    }

    [Fact]
    public async Task A_hook_that_throws_is_logged_and_everything_goes_on()
    {
        _hooks[SignalPhase.PreSignal].Add((Action)(() => throw new InvalidOperationException("sync")));
        _hooks[SignalPhase.PreSignal].Add(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("async");
        });
        _hooks[SignalPhase.PreSignal].Add(() => Happened("next hook"));
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["next hook", "act SIGHUP"], await EventsAsync(2));
        Assert.Equal(["sync", "async"], _log.Entries.Where(entry => entry.Exception != null).Select(entry => entry.Exception!.Message));
        Assert.Contains(_log.Entries, entry => entry.Message == "A PreSignal hook of SIGHUP failed; what the signal does is done all the same.");
    }

    [Fact]
    public async Task A_hook_that_never_returns_is_left_behind()
    {
        using var never = new ManualResetEventSlim();
        _hookTimeout = TimeSpan.FromMilliseconds(50);
        _hooks[SignalPhase.PreSignal][Signum.SIGHUP].Add(() => never.Wait());
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["act SIGHUP"], await EventsAsync(1));
        never.Set();
    }

    [Fact]
    public async Task An_asynchronous_hook_is_waited_for()
    {
        _hooks[SignalPhase.PreSignal].Add(async () =>
        {
            await Task.Delay(20);
            Happened("hook done");
        });
        _dispatcher.Post(HandledSignal.SIGHUP);
        Assert.Equal(["hook done", "act SIGHUP"], await EventsAsync(2));
    }

    [Fact]
    public void A_signal_that_is_not_handled_has_no_hooks()
    {
        var refusal = Assert.Throws<ArgumentException>(() => _hooks[SignalPhase.PreSignal][Signum.SIGKILL]);
        Assert.StartsWith("SIGKILL is not handled by the server; handled are SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGTSTP.", refusal.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => _hooks[(SignalPhase)2]);
    }
}
