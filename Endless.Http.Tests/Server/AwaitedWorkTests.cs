using System.Net;
using System.Text;
using System.Text.Json;
using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.HandOver;
using Endless.Http.Load;
using Endless.Http.Operations;
using Endless.Http.Tests.Restart;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Server;

/// <summary>A drain says in the log, again and again, what it waits for.</summary>
public sealed class AwaitedWorkTests : IDisposable
{
    private readonly Generation _generation = new(new FakeHost(), TimeSpan.FromSeconds(1));
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _begun = new(0);
    private readonly ServerFixture _server;

    public AwaitedWorkTests()
    {
        _server = new ServerFixture("127.0.0.1:0", Handler.From(ServeAsync), _generation);
        _server.Server.DrainReportPeriod = TimeSpan.FromMilliseconds(20);
        _server.Server.DrainGrace = ServerFixture.Deadline;
    }

    public void Dispose()
    {
        _release.TrySetResult();
        _server.Dispose();
        _begun.Dispose();
    }

    [Fact]
    public async Task Of_several_requests_the_oldest_is_named_and_the_others_are_counted()
    {
        await _server.StartAsync();
        await BeginAsync("GET /events?token=secret");
        await BeginAsync("POST /second");
        await BeginAsync("GET /third");
        _ = _server.Server.ShutdownAsync();
        Assert.Matches("^127\\.0\\.0\\.1:[0-9]+: waiting for GET /events, [0-9]+ s, and 2 more\\.$", await WaitingAsync("GET /events"));
    }

    [Fact]
    public async Task It_is_said_again_until_nothing_is_left_and_not_afterwards()
    {
        await _server.StartAsync();
        await BeginAsync("GET /events");
        var shutdown = _server.Server.ShutdownAsync();
        await Deadline.UntilAsync(() => _server.Log.Entries.Count(entry => entry.Message.Contains(": waiting for ")) >= 3, "it is said three times");
        _release.SetResult();
        await shutdown.WaitAsync(ServerFixture.Deadline);
        Assert.Null(_server.Server.Life.Member.Status.Awaited);
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_is_named_too()
    {
        await _server.StartAsync();
        await BeginAsync("GET /block");
        _ = _server.Server.ShutdownAsync();
        await WaitingAsync("GET /block, ");
    }

    [Fact]
    public async Task A_path_is_cut_and_has_no_control_characters()
    {
        await _server.StartAsync();
        await BeginAsync($"GET /%0A{new string('a', 5_000)}");
        _ = _server.Server.ShutdownAsync();
        Assert.Contains($"waiting for GET /%0A{new string('a', 52)}..., ", await WaitingAsync("GET /"));
    }

    [Fact]
    public async Task Requests_over_HTTP2_are_named_and_counted()
    {
        await _server.StartAsync();
        using var client = Http2Client();
        var first = client.GetAsync("/events");
        await BegunAsync();
        var second = client.GetAsync("/more");
        await BegunAsync();
        _ = _server.Server.ShutdownAsync();
        Assert.EndsWith(" s, and 1 more.", await WaitingAsync("GET /events, "));
        _release.SetResult();
        await Task.WhenAll(first, second).WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task A_handler_over_HTTP2_whose_client_has_gone_is_still_named()
    {
        await _server.StartAsync();
        var client = Http2Client();
        _ = client.GetAsync("/deaf");
        await BegunAsync();
        client.Dispose();
        await _gone.Task.WaitAsync(ServerFixture.Deadline);
        var shutdown = _server.Server.ShutdownAsync();
        await _server.Log.WaitForAsync("waiting for GET /deaf, ");
        _release.SetResult();
        await shutdown.WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task Connections_without_a_request_are_counted_as_what_they_are()
    {
        await _server.StartAsync();
        await _server.ConnectAsync();
        await SendAsync("GET /half HTTP/1.1\r\nHos");
        await Deadline.UntilAsync(() => _server.Server.Stats is { New: 1, Active: 1 }, "both are accepted, and half a head has come");
        _ = _server.Server.ShutdownAsync();
        await WaitingAsync("1 half-received request(s) or half-sent answer(s); 1 idle connection(s).");
    }

    [Fact]
    public async Task A_connection_that_a_handler_took_over_is_not_waited_for()
    {
        await _server.StartAsync();
        await BeginAsync("GET /hijack");
        await BeginAsync("GET /events");
        _ = _server.Server.ShutdownAsync();
        Assert.EndsWith(" s.", await WaitingAsync("GET /events, "));
    }

    [Fact]
    public async Task A_TLS_handshake_is_called_that()
    {
        using var files = new CertificateFiles();
        files.Write();
        await _server.StartAsync(_server.Server.ListenAndServeTLSAsync(files.Certificate, files.Key));
        await _server.ConnectAsync();
        await Deadline.UntilAsync(() => _server.Server.Stats.New == 1, "it is accepted");
        _ = _server.Server.ShutdownAsync();
        await WaitingAsync("1 TLS handshake(s).");
    }

    [Fact]
    public async Task A_request_over_TLS_is_named()
    {
        using var files = new CertificateFiles();
        files.Write();
        await _server.StartAsync(_server.Server.ListenAndServeTLSAsync(files.Certificate, files.Key));
        await using var client = new TlsClient(_server.Server.LocalEndPoint!);
        var answer = client.GetAsync("/events");
        await BegunAsync();
        _ = _server.Server.ShutdownAsync();
        await WaitingAsync("GET /events, ");
        _release.SetResult();
        await answer.WaitAsync(ServerFixture.Deadline);
    }

    [Fact]
    public async Task A_hand_over_that_is_not_acknowledged_is_said_to_be_waited_for()
    {
        await _server.StartAsync();
        var (own, childs) = ControlChannel.CreatePair();
        using var control = new ControlChannel(own);
        using var child = new ControlChannel(childs);
        using var sender = new HandOverSender(control, _generation.Loops);
        sender.Start();
        await _server.ConnectAsync();
        await Deadline.UntilAsync(() => _server.Server.Stats.New == 1, "it is accepted");
        _server.Server.Life.Member.BeginDrain(hasSuccessor: true, sender);
        await WaitingAsync("the next generation to take 1 connection(s).");
        sender.Close();
        await _server.Log.WaitForAsync("waiting for 1 idle connection(s).");
    }

    [Fact]
    public async Task The_applications_own_shutdown_is_waited_for_by_its_name()
    {
        _server.Server.ShutdownInitiated = _ => _release.Task;
        await _server.StartAsync();
        _ = _server.Server.ShutdownAsync();
        await WaitingAsync("ShutdownInitiated.");
        using var report = JsonDocument.Parse(new StatusReport(_generation).Make());
        Assert.Equal("waiting for ShutdownInitiated", report.RootElement.GetProperty("servers")[0].GetProperty("awaited").GetString());
    }

    private async Task ServeAsync(ResponseWriter w, Request r)
    {
        using var hijacked = r.Path == "/hijack" ? w.Hijack() : null;
        _begun.Release();
        if (r.Path == "/deaf") r.Cancellation.Register(_gone.SetResult);
        if (r.Path == "/block") _release.Task.Wait();
        await _release.Task;
    }

    private async Task SendAsync(string text)
    {
        var client = await _server.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(text));
    }

    private async Task BeginAsync(string request)
    {
        await SendAsync($"{request} HTTP/1.1\r\nHost: a\r\n\r\n");
        await BegunAsync();
    }

    private async Task BegunAsync() => Assert.True(await _begun.WaitAsync(ServerFixture.Deadline));

    private HttpClient Http2Client() => new()
    {
        BaseAddress = new Uri($"http://{_server.Server.LocalEndPoint}"),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>The line that says that this is waited for, and first.</summary>
    private async Task<string> WaitingAsync(string what) => (await _server.Log.WaitForAsync($": waiting for {what}")).Message;
}
