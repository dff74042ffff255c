using System.Text;
using Endless.Http.Load;

namespace Endless.Http.Tests.Server;

/// <summary>HijackedConnection.HoldDrain, within one process.</summary>
public sealed class HeldConnectionTests : IDisposable
{
    private readonly TaskCompletionSource<HijackedConnection> _hijacked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServerFixture _server;

    public HeldConnectionTests()
    {
        _server = new ServerFixture("127.0.0.1:0", (w, _) => _hijacked.SetResult(w.Hijack()));
        _server.Server.DrainReportPeriod = TimeSpan.FromMilliseconds(20);
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_stop_waits_until_it_is_disposed_of_and_says_so()
    {
        using var held = await HijackAsync();
        Assert.True(held.HoldDrain());
        Assert.True(held.HoldDrain());
        Assert.Equal(0, _server.Server.Stats.Connections);
        var stopping = _server.Server.ShutdownAsync();
        await _server.Log.WaitForAsync("waiting for 1 hijacked connection(s)");
        Assert.True(held.Draining.IsCancellationRequested);
        Assert.False(held.IsRestart);
        Assert.False(stopping.IsCompleted);
        held.Dispose();
        await stopping.WaitAsync(ServerFixture.Deadline);
        Assert.False(held.HoldDrain());
    }

    [Fact]
    public async Task One_that_is_not_held_is_not_waited_for_and_cannot_be_held_later()
    {
        using var hijacked = await HijackAsync();
        await _server.Server.ShutdownAsync().WaitAsync(ServerFixture.Deadline);
        Assert.False(hijacked.HoldDrain());
        await hijacked.Output.WriteAsync("still"u8.ToArray());
    }

    [Fact]
    public async Task Disposed_of_while_a_read_waits_it_is_let_go_when_the_read_has_ended()
    {
        using var held = await HijackAsync();
        Assert.True(held.HoldDrain());
        var reading = held.Input.ReadAsync().AsTask();
        var stopping = _server.Server.ShutdownAsync();
        held.Dispose();
        Assert.True((await reading.WaitAsync(ServerFixture.Deadline)).IsCompleted);
        await stopping.WaitAsync(ServerFixture.Deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_and_hammer_time_end_its_reads_and_writes(bool byHammer)
    {
        if (byHammer) _server.Server.HammerTime = TimeSpan.FromMilliseconds(100);
        using var held = await HijackAsync();
        Assert.True(held.HoldDrain());
        var reading = held.Input.ReadAsync().AsTask();
        var stopping = byHammer ? _server.Server.ShutdownAsync() : Task.CompletedTask;
        if (!byHammer) _server.Server.Close();
        Assert.True((await reading.WaitAsync(ServerFixture.Deadline)).IsCompleted);
        Assert.True((await held.Output.WriteAsync("late"u8.ToArray())).IsCompleted);
        await _server.Log.WaitForAsync("closed 1 connection(s)");
        held.Dispose();
        await stopping.WaitAsync(ServerFixture.Deadline);
        await _server.Serving.WaitAsync(ServerFixture.Deadline);
    }

    private async Task<HijackedConnection> HijackAsync()
    {
        await _server.StartAsync();
        var client = await _server.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        return await _hijacked.Task.WaitAsync(Deadline.Default);
    }
}
