using Endless.Http.Channels;
using Endless.Http.Generations;

namespace Endless.Http.Tests.Restart;

/// <summary>What parts of the application leave, each under a name: asked when StateToNext is, and none of it can hurt the restart, the others or an older version.</summary>
public sealed class PassedStatesTests : IDisposable
{
    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();
    private readonly ManualResetEventSlim _never = new();

    public void Dispose()
    {
        _never.Set();
        _first.Dispose();
    }

    [Fact]
    public async Task Each_is_asked_three_times_and_the_last_word_comes_before_the_connections()
    {
        byte asked = 0;
        Pass("keys", () => new byte[] { ++asked });
        Pass("sessions", () => "same"u8.ToArray());
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal("keys 01, sessions 73616D65", Text(await child.Parent.HearAsync<PassedStatesMessage>()));
        Assert.IsType<GenerationInfoMessage>(await child.Parent.ReceiveAsync().WaitAsync(Long));
        child.SayReady();
        Assert.Equal("keys 02, sessions 73616D65", Text(await child.Parent.HearAsync<PassedStatesMessage>()));
        Assert.Null(Assert.IsType<TakeOverMessage>(await child.Parent.ReceiveAsync().WaitAsync(Long)).State);
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await _first.Server.ToldAsync("drain");
        _ = _first.LeaveAsync();
        Assert.Equal("keys 03", Text(await child.Parent.HearAsync<PassedStatesMessage>()));
    }

    [Fact]
    public async Task The_applications_own_state_is_as_it_was()
    {
        Pass("keys", () => new byte[] { 1 });
        _first.Generation.StateToNext = () => new byte[] { 9 };
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal([9], (await child.Parent.HearAsync<GenerationInfoMessage>()).Info.State.ToArray());
        child.SayReady();
        Assert.Equal([9], (await child.Parent.HearAsync<TakeOverMessage>()).State!.Value.ToArray());
    }

    [Fact]
    public async Task One_that_throws_is_too_long_or_never_returns_is_logged_and_the_others_pass()
    {
        _first.Generation.Succession.Question.Passing.Patience = TimeSpan.FromMilliseconds(500);
        Pass("throws", () => throw new IOException("disk full."));
        Pass("large", () => new byte[PassedStates.MaxBytes]);
        Pass("keys", () => new byte[] { 1 });
        Pass("hangs", NeverReturn);
        Pass("behind", () => new byte[] { 2 });
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal("keys 01", Text(await child.Parent.HearAsync<PassedStatesMessage>()));
        child.SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await _first.Log.WaitForAsync("What \"throws\" leaves for the next generation (PassOn) is not passed on: disk full.");
        await _first.Log.WaitForAsync("\"large\" leaves for the next generation (PassOn) is not passed on: it gave 1048576 bytes, and 1048571 are left");
        await _first.Log.WaitForAsync("\"hangs\" leaves for the next generation (PassOn) is not passed on: it did not return in time");
    }

    [Fact]
    public async Task All_names_together_have_a_mebibyte_beside_the_applications_own()
    {
        Pass("a", () => new byte[PassedStates.MaxBytes / 2 - 1]);
        Pass("b", () => new byte[PassedStates.MaxBytes / 2 - 1]);
        Pass("c", () => default);
        _first.Generation.StateToNext = () => new byte[StateQuestion.MaxBytes];
        _ = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        Assert.Equal(["a", "b"], (await child.Parent.HearAsync<PassedStatesMessage>()).States.Select(state => state.Name));
        Assert.Equal(StateQuestion.MaxBytes, (await child.Parent.HearAsync<GenerationInfoMessage>()).Info.State.Length);
        await _first.Log.WaitForAsync("\"c\"");
    }

    [Fact]
    public async Task A_registration_that_was_disposed_of_passes_nothing_and_frees_its_name()
    {
        var registration = Pass("keys", () => new byte[] { 1 });
        Assert.Contains("\"keys\" is taken", Assert.Throws<InvalidOperationException>(() => Pass("keys", () => default)).Message, StringComparison.Ordinal);
        registration.Dispose();
        Pass("keys", () => new byte[] { 2 });
        registration.Dispose();
        _ = _first.Generation.RestartAsync();
        Assert.Equal("keys 02", Text(await _first.Host.NextChild().Parent.HearAsync<PassedStatesMessage>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    [InlineData("a\n")]
    public void What_is_no_name_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => Pass(name, () => default));
        Assert.Throws<ArgumentException>(() => EndlessProcess.PassedOn(name));
        Assert.Throws<ArgumentException>(() => Pass(new string('x', PassedStateName.MaxLength + 1), () => default));
        Assert.Throws<ArgumentNullException>(() => Pass("keys", null!));
    }

    [Fact]
    public async Task The_next_generation_finds_each_from_the_start_and_hears_when_it_changes()
    {
        var before = new PassedStatesMessage([new("keys", new byte[] { 1 }), new("sessions", new byte[] { 2 })]);
        using var next = RestartFixture.Continued(before: before);
        var previous = next.Generation.Previous.Application;
        Assert.Equal([1], previous.Passed["keys"]!.Value.ToArray());
        Assert.Null(previous.Passed["other"]);
        var heard = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var throws = new PassedOnRegistration(next.Generation, "sessions", () => default, _ => throw new InvalidOperationException("on purpose"));
        using var keys = new PassedOnRegistration(next.Generation, "keys", () => default, state => heard.TrySetResult(state.ToArray()));
        await next.BecomeReadyAsync();
        next.Before!.Send(new PassedStatesMessage([new("sessions", new byte[] { 3 }), new("keys", new byte[] { 4 })]));
        Assert.Equal([4], await heard.Task.WaitAsync(Long));
        Assert.Equal([4], previous.Passed["keys"]!.Value.ToArray());
        Assert.Equal([3], previous.Passed["sessions"]!.Value.ToArray());
        await next.Log.WaitForAsync("PassOn");
    }

    [Fact]
    public async Task A_generation_before_that_knows_no_names_leaves_none_and_its_own_state_arrives()
    {
        using var next = await RestartFixture.WatchedAsync(version: 1);
        Assert.Null(next.Generation.Previous.Application.Passed["keys"]);
        Assert.Equal(3, next.Generation.Info.Number);
        var heard = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        next.Generation.Previous.Application.StateArrived += (_, state) => heard.TrySetResult(state.ToArray());
        next.Before!.Send(new TakeOverMessage(new byte[] { 5 }));
        Assert.Equal([5], await heard.Task.WaitAsync(Long));
        Assert.Equal([5], next.Generation.Previous.State.ToArray());
    }

    [Fact]
    public async Task They_go_from_process_to_process_and_one_that_throws_does_not_hurt()
    {
        await using var app = await RestartApp.StartAsync("pass keys one", "pass-throws broken", "state own", "serve 127.0.0.1:0");
        await app.SaysAsync($"keys was 'nothing', pid {app.Pid}");
        app.Script("pass keys two", "state own", "serve 127.0.0.1:0");
        var pid = await app.RestartAsync();
        await app.SaysAsync($"keys was 'one-1', pid {pid}");
        await app.SaysAsync($"keys is 'one-2', pid {pid}");
        await app.SaysAsync($"keys is 'one-3', pid {pid}");
        await app.SaysAsync($"state was 'own', pid {pid}");
        await app.SaysAsync("What \"broken\" leaves for the next generation (PassOn) is not passed on: the state was told to throw");
        await app.SaysAsync($"keys was 'two-1', pid {await app.RestartAsync()}");
    }

    private static string Text(PassedStatesMessage message) => string.Join(", ", message.States.Select(state => $"{state.Name} {Convert.ToHexString(state.State.Span)}"));

    private PassedOnRegistration Pass(string name, Func<ReadOnlyMemory<byte>> state) => new(_first.Generation, name, state, arrived: null);

    private ReadOnlyMemory<byte> NeverReturn()
    {
        _never.Wait();
        return default;
    }
}
