using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Testing;

public sealed class TestServerTests
{
    [Theory]
    [InlineData("memory", "1.1")]
    [InlineData("memory", "2.0")]
    [InlineData("port", "1.1")]
    [InlineData("port", "2.0")]
    [InlineData("tls", "1.1")]
    [InlineData("tls", "2.0")]
    public async Task It_answers_its_clients_over_both_protocols(string where, string version)
    {
        AsyncHandlerFunc handler = async (w, r) => w.Write($"{r.Method} {r.Path} {r.Protocol} {r.Tls is not null} {Encoding.UTF8.GetString(await r.ReadBodyAsync())}");
        await using var server = where switch
        {
            "memory" => TestServer.InMemory(handler),
            "port" => await TestServer.StartAsync(handler, new LogRecorder()),
            _ => await TestServer.StartTlsAsync(handler, new LogRecorder()),
        };
        using var client = server.CreateClient(Version.Parse(version));
        for (var i = 0; i < 3; i++)
        {
            var answer = await client.PostAsync("/a", new StringContent("body"));
            Assert.Equal($"POST /a HTTP/{version} {where == "tls"} body", await answer.Content.ReadAsStringAsync());
        }
        Assert.Contains(" /b ", await server.Client.GetStringAsync("/b"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_somebody_else_does_not_trust_its_certificate()
    {
        await using var server = await TestServer.StartTlsAsync((w, _) => w.Write("secret"), new LogRecorder());
        using var stranger = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(server.Url));
    }

    [Fact]
    public async Task Redirects_are_shown_and_failures_logged()
    {
        var log = new LogRecorder();
        await using var server = TestServer.InMemory((w, r) =>
        {
            if (r.Path == "/throw") throw new InvalidOperationException("on purpose");
            w.Header["Location"] = "/";
            w.StatusCode = 302;
        }, log);
        Assert.Equal(HttpStatusCode.Found, (await server.Client.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await server.Client.GetAsync("/throw")).StatusCode);
        await log.WaitForAsync("failed");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_goes_is_noticed_in_memory(string version)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            w.Flush();
            using var registration = r.Cancellation.Register(gone.SetResult);
            begun.SetResult();
            await gone.Task;
        }, new LogRecorder());
        using (var client = server.CreateClient(Version.Parse(version)))
        {
            using var answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
            await begun.Task.WaitAsync(Deadline.Default);
        }
        await gone.Task.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_connection_in_memory_can_be_hijacked()
    {
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            using var connection = w.Hijack();
            await connection.AsStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"u8.ToArray());
        });
        Assert.Equal("hi", await server.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task It_stops_in_memory_without_waiting_for_clients_that_keep_their_connections()
    {
        var host = new MemoryHost(Handler.From((w, r) => w.Write("hello")), new LogRecorder());
        using var idle = new HttpClient(host.CreateConnector());
        await idle.GetStringAsync(host.Url);
        await host.StopAsync(Timeout.InfiniteTimeSpan).WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task It_stops_while_a_handler_waits_for_draining_and_disposes_once()
    {
        var server = TestServer.InMemory(async (w, r) =>
        {
            w.Flush();
            await Task.Delay(Timeout.Infinite, r.Draining).ContinueWith(_ => { }, TaskScheduler.Default);
        }, new LogRecorder());
        using var client = server.CreateClient();
        using var answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await server.DisposeAsync();
        await server.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => server.CreateClient());
    }
}
