using System.Net;
using System.Net.Sockets;
using Endless.Http.Generations;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Restart;

namespace Endless.Http.Tests.Server;

/// <summary>The admin listener of a server: status, metrics and health at an address of their own.</summary>
public sealed class AdminTests : IDisposable
{
    private readonly Generation _generation = new(new FakeHost(), TimeSpan.FromSeconds(1));
    private readonly HttpClient _client = new();
    private readonly ServerFixture _fixture;

    public AdminTests() => _fixture = new ServerFixture(generation: _generation);

    public void Dispose()
    {
        _client.Dispose();
        _fixture.Dispose();
    }

    [Theory]
    [InlineData("/status", "html")]
    [InlineData("/status?json", "\"generation\"")]
    [InlineData("/metrics", "endless_generation 1")]
    [InlineData("/healthz", "ok")]
    [InlineData("/readyz", "ok")]
    [InlineData("/", "/metrics")]
    public async Task It_serves_what_operators_need_and_nothing_of_the_application(string path, string part)
    {
        await StartAsync();
        Assert.Contains(part, await _client.GetStringAsync(Url(path)).WaitAsync(ServerFixture.Deadline));
        using var other = await _client.GetAsync(Url("/hello")).WaitAsync(ServerFixture.Deadline);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        // And the application's address serves nothing of it.
        Assert.Equal("hello", await _client.GetStringAsync($"http://{_fixture.Server.LocalEndPoint}{path}").WaitAsync(ServerFixture.Deadline));
    }

    [Fact]
    public async Task It_answers_while_handlers_of_the_application_block()
    {
        using var release = new ManualResetEventSlim();
        var blocked = 0;
        using var fixture = new ServerFixture(handler: (_, _) =>
        {
            Interlocked.Increment(ref blocked);
            release.Wait(ServerFixture.Deadline);
        });
        fixture.Server.Admin = "127.0.0.1:0";
        await fixture.StartAsync();
        var clients = 4 * Environment.ProcessorCount;
        for (var i = 0; i < clients; i++) await (await fixture.ConnectAsync()).SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await Deadline.UntilAsync(() => Volatile.Read(ref blocked) == clients, "every client is in a handler");
        Assert.Contains("endless_generation", await _client.GetStringAsync($"http://{fixture.Server.AdminListener!.Server.LocalEndPoint}/metrics").WaitAsync(ServerFixture.Deadline));
        release.Set();
    }

    [Theory]
    [InlineData("Host", "status.example.com")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task On_loopback_it_is_not_for_pages_of_a_browser_nor_behind_a_proxy(string field, string value)
    {
        await StartAsync();
        foreach (var path in (string[])["/status", "/metrics"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url(path));
            request.Headers.TryAddWithoutValidation(field, value);
            using var response = await _client.SendAsync(request).WaitAsync(ServerFixture.Deadline);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task It_ends_with_its_server()
    {
        await StartAsync();
        var admin = _fixture.Server.AdminListener!.Server;
        await _fixture.Server.ShutdownAsync().WaitAsync(ServerFixture.Deadline);
        await _fixture.Serving.WaitAsync(ServerFixture.Deadline);
        Assert.Equal(ServerState.Terminated, admin.State);
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(Url("/healthz")));
    }

    [Fact]
    public async Task It_says_stopping_while_the_stop_is_delayed()
    {
        _fixture.Server.StopDelay = TimeSpan.FromMinutes(5);
        await StartAsync();
        _ = _fixture.Server.ShutdownAsync();
        using var response = await _client.GetAsync(Url("/readyz")).WaitAsync(ServerFixture.Deadline);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("stopping\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task It_accepts_only_once_its_server_is_ready()
    {
        var ready = new TaskCompletionSource();
        _fixture.Server.BeforeReady = _ => ready.Task;
        _fixture.Server.Admin = "127.0.0.1:0";
        var serving = _fixture.Server.ListenAndServeAsync();
        var admin = _fixture.Server.AdminListener!.Server;
        Assert.NotNull(admin.LocalEndPoint);
        var asking = _client.GetStringAsync(Url("/readyz"));
        Assert.Equal(ServerState.Init, admin.State);
        ready.SetResult();
        Assert.Equal("ok\n", await asking.WaitAsync(ServerFixture.Deadline));
        Assert.False(serving.IsCompleted);
    }

    [Fact]
    public async Task An_address_that_is_taken_fails_the_start_and_nothing_is_left_behind()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        _fixture.Server.Admin = $"{taken.LocalEndpoint}";
        var failure = await Assert.ThrowsAsync<IOException>(() => _fixture.Server.ListenAndServeAsync().WaitAsync(ServerFixture.Deadline));
        Assert.Contains($"{taken.LocalEndpoint}", failure.Message);
        Assert.Equal(ServerState.Terminated, _fixture.Server.State);
        Assert.Equal(ServerState.Terminated, _fixture.Server.AdminListener!.Server.State);
    }

    [Fact]
    public async Task A_start_of_its_server_that_fails_ends_it()
    {
        _fixture.Server.Admin = "127.0.0.1:0";
        _fixture.Server.BeforeReady = _ => throw new FormatException("not ready");
        await Assert.ThrowsAsync<FormatException>(() => _fixture.Server.ListenAndServeAsync().WaitAsync(ServerFixture.Deadline));
        Assert.Equal(ServerState.Terminated, _fixture.Server.AdminListener!.Server.State);
    }

    [Fact]
    public void What_is_no_address_is_refused_when_it_is_set()
    {
        Assert.Throws<FormatException>(() => _fixture.Server.Admin = "nonsense");
        Assert.Null(_fixture.Server.Admin);
        _fixture.Server.Admin = "127.0.0.1:0";
        Assert.Equal("127.0.0.1:0", _fixture.Server.Admin);
        _fixture.Server.Admin = null;
        Assert.Null(_fixture.Server.Admin);
    }

    [Fact]
    public async Task It_may_be_a_UNIX_socket()
    {
        using var directory = new TempDirectory();
        _fixture.Server.Admin = $"unix:{directory["admin.sock"]}";
        await _fixture.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory["admin.sock"]), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Contains("endless_generation 1", await client.GetStringAsync("http://anything/metrics").WaitAsync(ServerFixture.Deadline));
    }

    [Fact]
    public async Task A_restart_takes_it_along()
    {
        var admin = FreeEndPoint.Next();
        var connections = 0;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                connections++;
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(admin, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        await using var server = await ExampleProcess.TestServerAsync("--admin", $"{admin}");
        Assert.Contains("endless_generation 1", await client.GetStringAsync($"http://{admin}/metrics").WaitAsync(ServerFixture.Deadline));
        await server.RestartAsync();
        // The generation before keeps the connection until it trusts the next, which counts the restart a moment after it has the connection: when that one can no longer take it back.
        var metrics = "";
        await Deadline.UntilAsync(async () => (metrics = await client.GetStringAsync($"http://{admin}/metrics")).Contains("endless_generation 2"), "the next generation answers");
        await Deadline.UntilAsync(async () => (metrics = await client.GetStringAsync($"http://{admin}/metrics")).Contains("endless_restarts_total 1"), "it is in charge");
        Assert.Contains("endless_generation 2", metrics);
        Assert.Equal(1, connections);
    }

    private async Task StartAsync()
    {
        _fixture.Server.Admin = "127.0.0.1:0";
        await _fixture.StartAsync();
        await Deadline.UntilAsync(() => _fixture.Server.AdminListener!.Server.State == ServerState.Running && _fixture.Server.State == ServerState.Running, "both accept");
    }

    private string Url(string path) => $"http://{_fixture.Server.AdminListener!.Server.LocalEndPoint}{path}";
}
