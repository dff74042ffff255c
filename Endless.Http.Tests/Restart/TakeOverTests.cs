using System.Net.Sockets;
using Endless.Http.Channels;
using Endless.Http.Connections;
using Endless.Http.Sockets;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>What becomes of the service when a child that was ready fails, before and while it is given connections. Those are real.</summary>
public sealed class TakeOverTests : IDisposable
{
    private static readonly TimeSpan Long = RestartFixture.Long;

    private readonly RestartFixture _first = RestartFixture.First();
    private readonly HandOverOrigin _origin = new();
    private readonly TransportFixture _old = new(connection => LineProtocol.ServeAsync(connection, "old"));

    public void Dispose()
    {
        _first.Dispose();
        _old.Dispose();
    }

    [Fact]
    public async Task A_child_that_dies_on_probation_is_a_failed_restart_and_this_one_accepts_again()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        child.Exit(11);
        var result = await restart.WaitAsync(Long);
        Assert.Matches(@"^the new process \(pid 2001\) was killed by SIGSEGV [\d.]+ s after it was ready$", result.Reason);
        Assert.Equal(["pause", "resume"], await _first.Server.ToldAsync("resume"));
        Assert.Equal((0, 1), (_first.Generation.Restarts, _first.Generation.Failures));
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_fails_on_probation_is_replaced_at_once_not_when_it_has_ended()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        child.Parent.Send(new FailedMessage("its servers have ended"));
        Assert.Equal(["pause", "resume"], await _first.Server.ToldAsync("resume"));
        child.Exit(0);
        Assert.Equal(RestartResult.Failed("its servers have ended"), await restart.WaitAsync(Long));
    }

    [Fact]
    public async Task A_child_that_speaks_nonsense_on_probation_is_killed()
    {
        var (restart, child) = await _first.BeginProbationAsync();
        child.Parent.SendRaw("HTTP/1.1 200 OK\r\n"u8);
        Assert.Contains("does not speak the control protocol", (await restart.WaitAsync(Long)).Reason);
        Assert.Equal(["pause", "resume"], await _first.Server.ToldAsync("resume"));
        Assert.True(child.Killed);
    }

    [Fact]
    public async Task A_late_answer_for_a_batch_is_waited_for_and_then_the_child_has_the_service()
    {
        var (restart, child, client) = await HandOverOneAsync();
        var descriptor = Receive(child);
        Assert.Equal(["pause", "hand over"], _first.Server.Told);
        Assert.False(restart.IsCompleted);
        child.Parent.Send(new AdoptedMessage([true], 1));
        await child.Parent.HearAsync<ReleasedMessage>();
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await _origin.NextAsync(moved: true);
        Assert.Equal(["pause", "hand over", "drain"], await _first.Server.ToldAsync("drain"));
        await client.SendAsync("more\n"u8.ToArray());
        Assert.Equal(5, await descriptor.ReceiveAsync(new byte[100]).WaitAsync(Long));
        descriptor.Dispose();
    }

    [Fact]
    public async Task An_answer_of_a_version_that_does_not_number_batches_is_one()
    {
        var (restart, child, _) = await HandOverOneAsync();
        using var descriptor = Receive(child);
        child.Parent.Send(new AdoptedMessage([true]));
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
    }

    [Fact]
    public async Task A_child_that_answers_twice_has_the_service_all_the_same()
    {
        var (restart, child, _) = await HandOverOneAsync();
        using var descriptor = Receive(child);
        child.Parent.Send(new AdoptedMessage([true], 1));
        child.Parent.Send(new AdoptedMessage([true], 1));
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        Assert.False(child.Killed);
    }

    [Fact]
    public async Task A_child_that_takes_nothing_has_the_service_and_the_connection_stays()
    {
        var (restart, child, client) = await HandOverOneAsync();
        Receive(child).Dispose();
        child.Parent.Send(new AdoptedMessage([false], 1));
        Assert.True((await restart.WaitAsync(Long)).Succeeded);
        await IsServedHereAsync(client);
    }

    [Fact]
    public async Task A_child_that_dies_with_a_batch_is_a_failed_restart_and_the_batch_is_served_here()
    {
        var (restart, child, client) = await HandOverOneAsync();
        Receive(child).Dispose();
        child.Exit(9);
        Assert.Matches(@"^the new process \(pid 2001\) was killed by SIGKILL [\d.]+ s after it was ready$", (await restart.WaitAsync(Long)).Reason);
        Assert.Equal(["pause", "hand over", "resume", "take back"], await _first.Server.ToldAsync("take back"));
        await IsServedHereAsync(client);
        _first.Server.HandingOver = null;
        await _first.SucceedsAsync();
    }

    [Fact]
    public async Task A_child_that_answers_for_too_many_is_killed_and_the_batch_is_served_here()
    {
        var (restart, child, client) = await HandOverOneAsync();
        Receive(child).Dispose();
        child.Parent.Send(new AdoptedMessage([true, true], 1));
        Assert.Equal("the new process (pid 2001) does not speak the control protocol (it says what it took of 2 connection(s), and was not given so many) and was killed",
            (await restart.WaitAsync(Long)).Reason);
        Assert.True(child.Killed);
        Assert.Equal(["pause", "hand over", "resume", "take back"], await _first.Server.ToldAsync("take back"));
        await IsServedHereAsync(client);
    }

    [Fact]
    public async Task A_child_that_says_that_it_failed_still_answers_for_its_batch()
    {
        var (restart, child, _) = await HandOverOneAsync();
        using var descriptor = Receive(child);
        child.Parent.Send(new FailedMessage("its servers have ended"));
        await _first.Server.ToldAsync("take back");
        child.Parent.Send(new AdoptedMessage([true], 1));
        await _origin.NextAsync(moved: true);
        child.Exit(0);
        Assert.Equal(RestartResult.Failed("its servers have ended"), await restart.WaitAsync(Long));
    }

    [Fact]
    public async Task A_child_that_dies_as_it_is_given_the_state_is_a_failed_restart()
    {
        using var answered = new ManualResetEventSlim();
        FakeChild? child = null;
        _first.Generation.StateToNext = () =>
        {
            if (_first.Host.Handed.Count == 0) return default;
            Volatile.Read(ref child)!.Exit(9);
            answered.Wait();
            return default;
        };
        _first.Spawning = spawned => Volatile.Write(ref child, spawned);
        var restart = _first.Generation.RestartAsync();
        _first.Host.NextChild().SayReady();
        Assert.Contains("was killed by SIGKILL", (await restart.WaitAsync(Long)).Reason);
        Assert.Equal(["pause", "resume", "take back"], await _first.Server.ToldAsync("take back"));
        answered.Set();
    }

    /// <summary>A restart whose child is asked to take one connection.</summary>
    private async Task<(Task<RestartResult> Restart, FakeChild Child, Socket Client)> HandOverOneAsync()
    {
        var client = await _old.ConnectAsync();
        Assert.Equal("old 1 hello\n", await LineProtocol.ExchangeAsync(client, "hello\n"));
        foreach (var connection in _old.Live) connection.RequestLeave(LeaveRequest.HandOver);
        var (left, _) = await _old.NextEndAsync();
        _first.Server.HandingOver = sender => sender.Offer(_origin, (SocketConnection)left);
        var restart = _first.Generation.RestartAsync();
        var child = _first.Host.NextChild();
        child.SayReady();
        await _first.Server.ToldAsync("hand over");
        return (restart, child, client);
    }

    /// <summary>The child's descriptor of the connection.</summary>
    private static Socket Receive(FakeChild child)
    {
        while (true)
        {
            var message = child.Parent.Receive(out var descriptors);
            if (message is HandOverMessage) return new Socket(new SafeSocketHandle(Assert.Single(descriptors), ownsHandle: true));
            Assert.NotNull(message);
        }
    }

    private async Task IsServedHereAsync(Socket client)
    {
        (await _origin.NextAsync(moved: false)).Resume();
        Assert.Equal("old 2 again\n", await LineProtocol.ExchangeAsync(client, "again\n"));
    }
}
