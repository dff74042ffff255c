using System.Net;
using System.Net.Sockets;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

public class ServerLifeTests
{
    private static readonly TimeSpan Deadline = ServerFixture.Deadline;

    [Fact]
    public async Task A_server_goes_from_init_through_running_and_shutting_down_to_terminated()
    {
        using var fixture = new ServerFixture();
        var server = fixture.Server;
        var release = new TaskCompletionSource();
        var initiated = new TaskCompletionSource();
        server.ShutdownInitiated = _ =>
        {
            initiated.SetResult();
            return release.Task;
        };
        Assert.Equal(ServerState.Init, server.State);
        Assert.Null(server.LocalEndPoint);
        await fixture.StartAsync();
        Assert.Equal(ServerState.Running, server.State);
        Assert.NotEqual(0, ((IPEndPoint)server.LocalEndPoint!).Port);
        var shutdown = server.ShutdownAsync();
        await initiated.Task.WaitAsync(Deadline);
        Assert.Equal(ServerState.ShuttingDown, server.State);
        Assert.False(shutdown.IsCompleted);
        release.SetResult();
        await shutdown.WaitAsync(Deadline);
        await fixture.Serving.WaitAsync(Deadline);
        Assert.Equal(ServerState.Terminated, server.State);
    }

    [Fact]
    public async Task BeforeBegin_gets_the_bound_address_before_anything_is_accepted()
    {
        using var fixture = new ServerFixture();
        string? bound = null;
        var accepted = false;
        var begin = fixture.Server.BeforeBegin;
        fixture.Server.ConnectionStateChanged += (_, _) => accepted = true;
        fixture.Server.BeforeBegin = addr =>
        {
            bound = addr;
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            client.Connect(fixture.Server.LocalEndPoint!); // waits in the queue
            Assert.False(accepted);
            begin!(addr);
        };
        await fixture.StartAsync();
        Assert.Equal(fixture.Server.LocalEndPoint!.ToString(), bound);
    }

    [Fact]
    public async Task A_throwing_BeforeBegin_fails_the_start_and_frees_the_address()
    {
        using var fixture = new ServerFixture();
        fixture.Server.BeforeBegin = _ => throw new InvalidOperationException("no database");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Server.ListenAndServeAsync());
        Assert.Equal("no database", failure.Message);
        Assert.Equal(ServerState.Terminated, fixture.Server.State);
        using var again = new ServerFixture(fixture.Server.LocalEndPoint!.ToString()!);
        await again.StartAsync();
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("host:http")]
    [InlineData("unix:")]
    public async Task A_wrong_address_is_one_exception_that_names_it(string addr)
    {
        using var fixture = new ServerFixture(addr);
        var failure = await Assert.ThrowsAsync<FormatException>(() => fixture.Server.ListenAndServeAsync());
        Assert.Contains($"\"{addr}\"", failure.Message);
    }

    [Fact]
    public async Task A_port_in_use_is_one_exception_that_names_it()
    {
        using var first = new ServerFixture();
        await first.StartAsync();
        var addr = first.Server.LocalEndPoint!.ToString()!;
        using var second = new ServerFixture(addr);
        var failure = await Assert.ThrowsAsync<IOException>(() => second.Server.ListenAndServeAsync());
        Assert.StartsWith($"Cannot listen on {addr}: Address already in use.", failure.Message);
    }

    [Fact]
    public async Task A_path_that_cannot_be_is_one_exception_that_names_it()
    {
        using var fixture = new ServerFixture("unix:/no/such/directory/a.sock");
        var failure = await Assert.ThrowsAsync<IOException>(() => fixture.Server.ListenAndServeAsync());
        Assert.Equal("Cannot listen on unix:/no/such/directory/a.sock: No such file or directory.", failure.Message);
    }

    [Fact]
    public async Task A_server_serves_once()
    {
        using var fixture = new ServerFixture();
        await fixture.StartAsync();
        var twice = await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Server.ListenAndServeAsync());
        Assert.Equal("The server on 127.0.0.1:0 was started or closed before; a server serves once. Make a new one.", twice.Message);
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        Assert.Throws<InvalidOperationException>(fixture.Server.ListenAndServe);
    }

    [Fact]
    public async Task A_server_closed_before_it_started_is_terminated()
    {
        using var fixture = new ServerFixture();
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        Assert.Equal(ServerState.Terminated, fixture.Server.State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Server.ListenAndServeAsync());
    }

    [Fact]
    public async Task A_canceled_token_is_a_normal_stop()
    {
        using var fixture = new ServerFixture();
        using var stop = new CancellationTokenSource();
        await fixture.StartAsync(stop.Token);
        stop.Cancel();
        await fixture.Serving.WaitAsync(Deadline);
        Assert.Equal(ServerState.Terminated, fixture.Server.State);
    }

    [Fact]
    public async Task A_server_that_stops_for_good_answers_those_in_the_kernels_queue()
    {
        using var fixture = new ServerFixture();
        fixture.Server.DrainGrace = Deadline;
        await fixture.StartAsync();
        fixture.Server.Life.Member.Pause();
        var client = await fixture.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var shutdown = fixture.Server.ShutdownAsync();
        var response = new byte[1000];
        var length = await client.ReceiveAsync(response).WaitAsync(Deadline);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", System.Text.Encoding.ASCII.GetString(response, 0, length));
        client.Dispose(); // answered before it was asked to leave, the connection would stay for all of the grace time
        await shutdown.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_stopped_server_refuses_connections_at_once_and_its_path_is_gone()
    {
        using var directory = new TempDirectory();
        using var fixture = new ServerFixture($"unix:{directory["a.sock"]}");
        await fixture.StartAsync();
        Assert.True(File.Exists(directory["a.sock"]));
        var release = new TaskCompletionSource();
        fixture.Server.ShutdownInitiated = _ => release.Task;
        var shutdown = fixture.Server.ShutdownAsync();
        await fixture.Log.WaitForAsync("stopped accepting");
        await Assert.ThrowsAnyAsync<SocketException>(fixture.ConnectAsync);
        Assert.False(File.Exists(directory["a.sock"]));
        release.SetResult();
        await shutdown.WaitAsync(Deadline);
    }

    [Fact]
    public async Task ShutdownInitiated_is_told_of_hammer_time_and_not_waited_for_much_longer()
    {
        using var fixture = new ServerFixture();
        var told = new TaskCompletionSource();
        fixture.Server.HammerTime = TimeSpan.FromMilliseconds(50);
        fixture.Server.ShutdownInitiated = async drain =>
        {
            drain.Register(told.SetResult);
            await new TaskCompletionSource().Task; // never ends
        };
        await fixture.StartAsync();
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        await told.Task.WaitAsync(Deadline); // on a thread of its own
        await fixture.Log.WaitForAsync("ShutdownInitiated did not end at hammer time");
    }

    [Fact]
    public async Task A_throwing_ShutdownInitiated_is_logged_and_the_stop_goes_on()
    {
        using var fixture = new ServerFixture();
        fixture.Server.ShutdownInitiated = _ => throw new InvalidOperationException("worker gone");
        await fixture.StartAsync();
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        Assert.Equal("worker gone", (await fixture.Log.WaitForAsync("ShutdownInitiated failed")).Exception?.Message);
    }

    [Fact]
    public async Task Giving_up_the_wait_for_a_shutdown_does_not_end_the_shutdown()
    {
        using var fixture = new ServerFixture();
        var release = new TaskCompletionSource();
        fixture.Server.ShutdownInitiated = _ => release.Task;
        await fixture.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Server.ShutdownAsync(new CancellationToken(canceled: true)));
        release.SetResult();
        await fixture.Serving.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Close_closes_what_is_open_and_every_connection_is_reported_from_new_to_closed()
    {
        using var fixture = new ServerFixture();
        var states = new List<(long, ConnectionState)>();
        using var closed = new SemaphoreSlim(0);
        using var opened = new SemaphoreSlim(0);
        fixture.Server.ConnectionStateChanged += (_, change) =>
        {
            lock (states) states.Add((change.Connection.Id, change.State));
            (change.State == ConnectionState.New ? opened : closed).Release();
        };
        await fixture.StartAsync();
        var client = await fixture.ConnectAsync();
        Assert.True(await opened.WaitAsync(Deadline));
        fixture.Server.Close();
        Assert.True(await closed.WaitAsync(Deadline));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Deadline));
        await fixture.Serving.WaitAsync(Deadline);
        Assert.Equal([(1, ConnectionState.New), (1, ConnectionState.Closed)], states);
    }

    [Fact]
    public async Task A_throwing_ConnState_is_logged_and_costs_nothing()
    {
        using var fixture = new ServerFixture();
        fixture.Server.ConnectionStateChanged += (_, _) => throw new InvalidOperationException("oops");
        await fixture.StartAsync();
        await fixture.ConnectAsync();
        await fixture.Log.WaitForAsync("127.0.0.1:0: a handler of ConnectionStateChanged failed for connection #1 127.0.0.1:");
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
    }
}
