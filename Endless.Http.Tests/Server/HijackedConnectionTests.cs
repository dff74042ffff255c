using System.Net.Sockets;
using System.Text;
using Endless.Http.Generations;
using Endless.Http.Load;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Server;

/// <summary>A connection that a handler took over is none of its server's: it is in no figure, under no limit, and nobody waits for it.</summary>
public sealed class HijackedConnectionTests
{
    private readonly TaskCompletionSource<HijackedConnection> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task It_is_gone_from_every_figure_the_moment_it_is_taken_over()
    {
        var states = new List<ConnectionState>();
        var seen = (-1, -1);
        EndlessServer? server = null;
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From((w, _) =>
        {
            using var hijacked = w.Hijack();
            seen = (server!.Connections.Count, server.Stats.Connections);
        }));
        server = fixture.Server;
        var inCallback = -1;
        server.ConnectionStateChanged += (_, change) =>
        {
            lock (states) states.Add(change.State);
            if (change.State == ConnectionState.Hijacked) inCallback = server.Connections.Count;
        };
        await fixture.StartAsync();
        var client = await RequestAsync(fixture);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(ServerFixture.Deadline));
        await server.ShutdownAsync().WaitAsync(ServerFixture.Deadline);
        Assert.Equal((0, 0, 0), (seen.Item1, seen.Item2, inCallback));
        Assert.Equal([ConnectionState.New, ConnectionState.Active, ConnectionState.Hijacked], states);
        Assert.Equal((1, 0, 0), (server.Stats.Accepted, server.Stats.Connections, server.Stats.Dropped));
    }

    [Fact]
    public async Task MaxConnections_does_not_count_it()
    {
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(HijackAndStayAsync));
        fixture.Server.MaxConnections = 1;
        await fixture.StartAsync();
        await RequestAsync(fixture);
        using var hijacked = await _taken.Task.WaitAsync(ServerFixture.Deadline);
        var second = await RequestAsync(fixture, "/plain");
        var answer = new byte[100];
        var length = await second.ReceiveAsync(answer).WaitAsync(ServerFixture.Deadline);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetString(answer, 0, length));
        _leave.SetResult();
    }

    [Fact]
    public async Task Its_request_is_no_longer_under_way_and_is_not_measured()
    {
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        generation.Figures.Requests.TurnOn();
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(HijackAndStayAsync), generation);
        await fixture.StartAsync();
        await RequestAsync(fixture);
        using var hijacked = await _taken.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal(0, generation.Figures.Requests.Active);
        _leave.SetException(new InvalidOperationException("told to fail"));
        Assert.Equal("told to fail", (await fixture.Log.WaitForAsync("handler")).Exception?.Message);
        Assert.Equal(0, generation.Figures.Requests.Active);
        Assert.Empty(generation.Figures.Requests.Series);
        await RequestAsync(fixture, "/plain");
        await Deadline.UntilAsync(() => generation.Figures.Requests.Series.Count() == 1, "the plain request is measured");
        Assert.Equal(0, generation.Figures.Requests.Active);
    }

    [Theory]
    [InlineData(SchedulingMode.Auto)]
    [InlineData(SchedulingMode.Inline)]
    [InlineData(SchedulingMode.ThreadPool)]
    public async Task A_stop_waits_neither_for_it_nor_for_its_handler_and_leaves_it_working(SchedulingMode scheduling)
    {
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(HijackAndStayAsync));
        fixture.Server.Scheduling = scheduling;
        fixture.Server.HammerTime = TimeSpan.FromHours(1);
        await fixture.StartAsync();
        var client = await RequestAsync(fixture);
        using var hijacked = await _taken.Task.WaitAsync(ServerFixture.Deadline);
        var reading = hijacked.Input.ReadAsync().AsTask();
        Assert.False(hijacked.Draining.IsCancellationRequested);

        var shutdown = fixture.Server.ShutdownAsync();
        await fixture.Log.WaitForAsync("finishing 0 connection(s)");
        await shutdown.WaitAsync(ServerFixture.Deadline);
        await fixture.Serving.WaitAsync(ServerFixture.Deadline);
        Assert.True(hijacked.Draining.IsCancellationRequested);
        Assert.False(reading.IsCompleted);
        await EchoAsync(client, hijacked, reading);
        _leave.SetResult();
    }

    [Fact]
    public async Task Hammer_time_and_Close_leave_it_alone()
    {
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(HijackAndStayAsync));
        fixture.Server.HammerTime = TimeSpan.Zero;
        await fixture.StartAsync();
        var client = await RequestAsync(fixture);
        using var hijacked = await _taken.Task.WaitAsync(ServerFixture.Deadline);
        var reading = hijacked.Input.ReadAsync().AsTask();
        fixture.Server.Close();
        await fixture.Serving.WaitAsync(ServerFixture.Deadline);
        await EchoAsync(client, hijacked, reading);
        _leave.SetResult();
    }

    [Fact]
    public async Task It_may_be_taken_over_while_the_server_drains()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From(async (w, r) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, r.Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _taken.SetResult(w.Hijack());
            await _leave.Task;
        }));
        fixture.Server.HammerTime = TimeSpan.FromHours(1);
        await fixture.StartAsync();
        var client = await RequestAsync(fixture);
        await entered.Task.WaitAsync(ServerFixture.Deadline);
        var shutdown = fixture.Server.ShutdownAsync();
        using var hijacked = await _taken.Task.WaitAsync(ServerFixture.Deadline);
        await shutdown.WaitAsync(ServerFixture.Deadline);
        var reading = hijacked.Input.ReadAsync().AsTask();
        await EchoAsync(client, hijacked, reading);
        _leave.SetResult();
    }

    [Fact]
    public async Task ShutdownInitiated_may_wait_until_all_have_ended()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From((w, r) => _ = ServeAfterwardsAsync(w.Hijack())));
        fixture.Server.HammerTime = TimeSpan.FromHours(1);
        fixture.Server.ShutdownInitiated = _ => closed.Task;
        await fixture.StartAsync();
        var client = await RequestAsync(fixture);
        await _taken.Task.WaitAsync(ServerFixture.Deadline);
        var shutdown = fixture.Server.ShutdownAsync();
        var buffer = new byte[10];
        var length = await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline);
        Assert.Equal("bye", Encoding.ASCII.GetString(buffer, 0, length));
        Assert.False(shutdown.IsCompleted);
        client.Dispose();
        await shutdown.WaitAsync(ServerFixture.Deadline);

        async Task ServeAfterwardsAsync(HijackedConnection hijacked)
        {
            using var connection = hijacked;
            _taken.SetResult(hijacked);
            await Task.Delay(Timeout.Infinite, hijacked.Draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await hijacked.AsStream().WriteAsync("bye"u8.ToArray());
            await hijacked.AsStream().CopyToAsync(Stream.Null);
            closed.SetResult();
        }
    }

    private async Task HijackAndStayAsync(ResponseWriter w, Request r)
    {
        if (r.Path == "/plain")
        {
            w.Write("plain");
            return;
        }
        _taken.SetResult(w.Hijack());
        await _leave.Task;
    }

    private static async Task<Socket> RequestAsync(ServerFixture fixture, string path = "/")
    {
        var client = await fixture.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        return client;
    }

    /// <summary>The read under way gets what the client sends now, and the client what is sent back.</summary>
    private static async Task EchoAsync(Socket client, HijackedConnection hijacked, Task<System.IO.Pipelines.ReadResult> reading)
    {
        await client.SendAsync("still here"u8.ToArray());
        var read = await reading.WaitAsync(ServerFixture.Deadline);
        Assert.Equal((false, 10L), (read.IsCanceled, read.Buffer.Length));
        hijacked.Input.AdvanceTo(read.Buffer.End);
        await hijacked.Output.WriteAsync("so am I"u8.ToArray());
        var buffer = new byte[100];
        var length = await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline);
        Assert.Equal("so am I", Encoding.ASCII.GetString(buffer, 0, length));
    }
}
