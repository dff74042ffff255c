using Endless.Http.Channels;

namespace Endless.Http.Tests.Restart;

/// <summary>A restart that is wanted of a generation which has not got the service yet: it is kept until it has.</summary>
public sealed class KeptRestartTests
{
    private const string Watched = "SIGHUP noted: generation 2 (pid 999) still watches this one; it restarts as soon as the service is its own.";

    private static readonly TimeSpan Long = RestartFixture.Long;

    [Fact]
    public async Task On_probation_it_is_kept_until_the_service_is_released()
    {
        using var third = await RestartFixture.WatchedAsync();
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync(Watched);
        third.Before!.Send(new TakeOverMessage(null));
        await third.Log.WaitForAsync("PredecessorHandsOver");
        Assert.True(third.Host.NothingSpawned);
        Assert.False(third.Generation.IsInCharge);
        third.Before.Send(new ReleasedMessage());
        var child = third.Host.NextChild();
        child.SayReady();
        Assert.Equal(RestartResult.Success(4, child.Id), await restart.WaitAsync(Long));
    }

    [Fact]
    public async Task Several_that_are_kept_are_one_restart_that_answers_all()
    {
        using var third = await RestartFixture.WatchedAsync();
        var restarts = new[] { third.Generation.RestartAsync(), third.Generation.RestartAsync() };
        third.Before!.Send(new ReleasedMessage());
        var child = third.Host.NextChild();
        child.SayReady();
        foreach (var restart in restarts) Assert.Equal(RestartResult.Success(4, child.Id), await restart.WaitAsync(Long));
        Assert.True(third.Host.NothingSpawned);
    }

    [Fact]
    public async Task Before_this_generation_is_ready_it_is_kept_too()
    {
        using var third = RestartFixture.Continued();
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync("SIGHUP noted: this generation is not ready itself; it restarts as soon as it is.");
        await third.BecomeReadyAsync();
        Assert.True(third.Host.NothingSpawned);
        third.Before!.Send(new ReleasedMessage());
        third.Host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task The_end_of_the_generation_before_is_a_release_too()
    {
        using var third = await RestartFixture.WatchedAsync();
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync(Watched);
        third.Before!.Dispose();
        third.Host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await third.Log.WaitForAsync("Generation 2 (pid 999) has finished.");
    }

    [Fact]
    public async Task A_generation_before_that_speaks_nonsense_releases_by_it()
    {
        using var third = await RestartFixture.WatchedAsync();
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync(Watched);
        third.Before!.SendRaw("HTTP/1.1 200 OK\r\n"u8);
        third.Host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await third.Log.WaitForAsync("Generation 2 (pid 999) can no longer be understood (485454502F312E31 is not the start of a message)");
    }

    [Fact]
    public async Task A_stop_answers_a_restart_that_was_kept()
    {
        using var third = await RestartFixture.WatchedAsync();
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync(Watched);
        third.Stop();
        Assert.Equal(RestartResult.Refused("this process is stopping"), await restart.WaitAsync(Long));
        Assert.True(third.Host.NothingSpawned);
    }

    [Fact]
    public async Task A_failed_start_answers_a_restart_that_was_kept()
    {
        using var third = RestartFixture.Continued();
        var restart = third.Generation.RestartAsync();
        third.Generation.StartFailed(new IOException("Cannot listen on :81."));
        Assert.Equal(RestartResult.Refused("this generation could not start"), await restart.WaitAsync(Long));
        Assert.Equal(new FailedMessage("Cannot listen on :81."), await third.Before!.HearAsync<FailedMessage>());
    }

    [Fact]
    public async Task A_generation_before_of_version_1_releases_when_it_hands_over()
    {
        using var third = await RestartFixture.WatchedAsync(version: 1);
        var restart = third.Generation.RestartAsSignalAsync();
        await third.Log.WaitForAsync(Watched);
        third.Before!.Send(new TakeOverMessage(null));
        third.Host.NextChild().SayReady();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task A_child_of_version_1_takes_over_and_has_the_service()
    {
        using var first = RestartFixture.First();
        var restart = first.Generation.RestartAsync();
        var child = first.Host.NextChild();
        child.Parent.Send(new HelloMessage(1, child.Id));
        child.Parent.Send(new ReadyMessage());
        await child.Parent.HearAsync<TakeOverMessage>();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await first.Server.ToldAsync("drain");
    }

    [Fact]
    public async Task A_word_of_the_generation_before_that_comes_twice_changes_nothing()
    {
        using var third = await RestartFixture.WatchedAsync();
        third.Before!.Send(new ReleasedMessage());
        third.Before.Send(new ReleasedMessage());
        third.Before.Send(new TakeOverMessage(null));
        await third.SucceedsAsync();
        Assert.Equal(["began", "handed on to 4"], third.Steps);
    }
}
