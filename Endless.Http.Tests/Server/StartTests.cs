using System.Net;
using System.Net.Sockets;
using Endless.Http.Generations;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Server;

/// <summary>The ways to start and to end a server beside ListenAndServe: StartAsync, Completion, Serve, several addresses, DisposeAsync.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Deadline = ServerFixture.Deadline;

    [Fact]
    public async Task StartAsync_completes_when_the_server_accepts()
    {
        using var fixture = new ServerFixture();
        await fixture.Server.StartAsync().WaitAsync(Deadline);
        Assert.Equal(ServerState.Running, fixture.Server.State);
        Assert.Equal("hello", await GetAsync(fixture.Server.LocalEndPoint!));
        Assert.False(fixture.Server.Completion.IsCompleted);
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        await fixture.Server.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task StartAsync_throws_what_keeps_the_server_from_listening()
    {
        using var first = new ServerFixture();
        await first.Server.StartAsync().WaitAsync(Deadline);
        using var second = new ServerFixture(first.Server.LocalEndPoint!.ToString()!);
        var failure = await Assert.ThrowsAsync<IOException>(() => second.Server.StartAsync().WaitAsync(Deadline));
        Assert.Contains(first.Server.LocalEndPoint.ToString()!, failure.Message);
        await second.Server.Completion.WaitAsync(Deadline);
        Assert.Equal(ServerState.Terminated, second.Server.State);
    }

    [Fact]
    public async Task A_start_that_is_given_up_is_canceled_and_the_server_ends()
    {
        using var fixture = new ServerFixture();
        using var giveUp = new CancellationTokenSource();
        fixture.Server.BeforeReady = async token =>
        {
            await giveUp.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Server.StartAsync(giveUp.Token).WaitAsync(Deadline));
        await fixture.Server.Completion.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_token_that_fires_after_the_start_does_not_stop_the_server()
    {
        using var fixture = new ServerFixture();
        using var late = new CancellationTokenSource();
        await fixture.Server.StartAsync(late.Token).WaitAsync(Deadline);
        await late.CancelAsync();
        Assert.Equal("hello", await GetAsync(fixture.Server.LocalEndPoint!));
        Assert.Equal(ServerState.Running, fixture.Server.State);
    }

    [Fact]
    public async Task DisposeAsync_stops_a_server_that_serves_and_one_that_never_did()
    {
        var started = new ServerFixture().Server;
        await using (started)
        {
            await started.StartAsync().WaitAsync(Deadline);
        }
        Assert.Equal(ServerState.Terminated, started.State);
        var never = new ServerFixture().Server;
        await never.DisposeAsync();
        await never.DisposeAsync();
        await never.Completion.WaitAsync(Deadline);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => never.StartAsync());
        Assert.Contains("Make a new one", refused.Message);
    }

    [Fact]
    public async Task A_second_start_is_refused_and_the_first_goes_on()
    {
        using var fixture = new ServerFixture();
        await fixture.Server.StartAsync().WaitAsync(Deadline);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Server.StartAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Server.ListenAndServeAsync());
        Assert.Throws<InvalidOperationException>(() => fixture.Server.AddAddress("127.0.0.1:0"));
        Assert.Equal("hello", await GetAsync(fixture.Server.LocalEndPoint!));
    }

    [Fact]
    public async Task One_server_listens_on_several_addresses_of_several_kinds()
    {
        var path = Path.Combine(Path.GetTempPath(), $"endless-{Guid.NewGuid():N}.sock");
        using var fixture = new ServerFixture();
        var begun = new List<string>();
        fixture.Server.BeforeBegin = begun.Add;
        fixture.Server.AddAddress("127.0.0.1:0");
        fixture.Server.AddAddress($"unix:{path}");
        Assert.Equal(["127.0.0.1:0", "127.0.0.1:0", $"unix:{path}"], fixture.Server.Addresses);
        Assert.Empty(fixture.Server.LocalEndPoints);
        await fixture.Server.StartAsync().WaitAsync(Deadline);

        Assert.Equal(3, begun.Count);
        Assert.Equal(3, fixture.Server.LocalEndPoints.Count);
        Assert.Equal(fixture.Server.LocalEndPoint, fixture.Server.LocalEndPoints[0]);
        foreach (var endPoint in fixture.Server.LocalEndPoints) Assert.Equal("hello", await GetAsync(endPoint));
        Assert.Equal(3, fixture.Server.Stats.Accepted);
        await fixture.Server.ShutdownAsync().WaitAsync(Deadline);
        Assert.False(File.Exists(path));
        foreach (var endPoint in fixture.Server.LocalEndPoints) await Assert.ThrowsAsync<SocketException>(() => GetAsync(endPoint));
    }

    [Fact]
    public async Task An_address_that_cannot_be_bound_leaves_none_of_the_others_bound()
    {
        using var taken = new ServerFixture();
        await taken.Server.StartAsync().WaitAsync(Deadline);
        using var fixture = new ServerFixture();
        fixture.Server.AddAddress(taken.Server.LocalEndPoint!.ToString()!);
        await Assert.ThrowsAsync<IOException>(() => fixture.Server.StartAsync().WaitAsync(Deadline));
        await Assert.ThrowsAsync<SocketException>(() => GetAsync(fixture.Server.LocalEndPoint!));
    }

    [Fact]
    public async Task Each_address_of_a_server_has_a_listener_of_its_own_for_the_next_generation()
    {
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        using var fixture = new ServerFixture(generation: generation);
        fixture.Server.BeforeBegin = null;
        fixture.Server.AddAddress("127.0.0.1:0");
        fixture.Server.AddAddress("[::1]:0");
        await fixture.Server.StartAsync().WaitAsync(Deadline);
        Assert.Equal([("127.0.0.1:0", 0), ("127.0.0.1:0", 1), ("[::1]:0", 0)], generation.Sockets.Listeners.Select(listener => (listener.Address, listener.Server.Ordinal)));
    }

    [Fact]
    public async Task Serve_takes_a_socket_of_the_application_that_listens()
    {
        using var fixture = new ServerFixture("127.0.0.1:0");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await fixture.StartAsync(fixture.Server.ServeAsync(listener));
        Assert.Equal(listener.LocalEndPoint, fixture.Server.LocalEndPoint);
        listener.Dispose(); // the server has a descriptor of its own
        Assert.Equal("hello", await GetAsync(fixture.Server.LocalEndPoint!));
    }

    [Fact]
    public async Task Serve_refuses_a_socket_that_does_not_listen_or_is_closed()
    {
        using var fixture = new ServerFixture();
        Assert.Throws<ArgumentNullException>(() => { _ = fixture.Server.ServeAsync(null!); });
        using var idle = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Server.ServeAsync(idle).WaitAsync(Deadline));
        Assert.Contains("Listen()", refused.Message);

        using var other = new ServerFixture();
        var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.Server.ServeAsync(closed).WaitAsync(Deadline));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1:70000")]
    public void An_address_that_is_none_is_refused_when_it_is_added(string address)
    {
        using var fixture = new ServerFixture();
        Assert.Throws<ArgumentNullException>(() => fixture.Server.AddAddress(null!));
        Assert.Contains(address, Assert.Throws<FormatException>(() => fixture.Server.AddAddress(address)).Message);
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 5_000)]
    [InlineData(true, false, 5_000)]
    public async Task Only_a_stop_without_a_successor_gives_idle_connections_no_grace(bool hasSuccessor, bool isSet, long grace)
    {
        await using var server = new EndlessServer("127.0.0.1:0", Handler.From((w, _) => w.Write("hello")), new Generation(new FakeHost(), TimeSpan.FromSeconds(1))) { HammerTime = Deadline };
        if (isSet) server.DrainGrace = TimeSpan.FromSeconds(5);
        Assert.Equal(TimeSpan.FromSeconds(5), server.DrainGrace);
        await server.StartAsync().WaitAsync(Deadline);
        using var idle = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await idle.ConnectAsync(server.LocalEndPoint!);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Assert.True(await idle.ReceiveAsync(new byte[512]) > 0);
        server.Life.BeginDrain(hasSuccessor);
        Assert.Equal(grace, server.Life.Context!.Timeouts.DrainGrace);
        if (grace > 0) server.Close();
        Assert.Equal(0, await ReceiveEndAsync(idle));
        await server.Completion.WaitAsync(Deadline);
    }

    private static async Task<int> ReceiveEndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Deadline);
        }
        catch (SocketException)
        {
            return 0; // reset by Close
        }
    }

    private static async Task<string> GetAsync(EndPoint endPoint)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = endPoint is UnixDomainSocketEndPoint ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(endPoint, token);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        try
        {
            return await client.GetStringAsync("http://localhost/").WaitAsync(Deadline);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException inner)
        {
            throw inner;
        }
    }
}
