using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Http1;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Handlers;

public sealed class AbortTests
{
    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_client_sees_that_the_response_is_not_whole_and_nothing_is_logged(string version)
    {
        var log = new LogRecorder();
        await using var server = TestServer.InMemory((w, r) =>
        {
            if (r.Path == "/begun")
            {
                w.Write("the beginning");
                w.Flush();
            }
            w.Abort();
            w.Abort();
        }, log);
        using var client = server.CreateClient(Version.Parse(version));
        foreach (var path in new[] { "/begun", "/silent" })
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(path));
        Assert.DoesNotContain(log.Entries, entry => entry.Level > LogLevel.Debug);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Later_writes_throw_and_the_cancellation_has_fired(string version)
    {
        var met = new TaskCompletionSource<Exception?[]>();
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = r.Cancellation.Register(fired.SetResult);
            w.Abort();
            await fired.Task.WaitAsync(Deadline.Default);
            met.SetResult([Record.Exception(() => w.Write("more")), Record.Exception(() => w.WriteHeader(200)), Record.Exception(() => w.StatusCode = 200), await Record.ExceptionAsync(() => w.WriteAsync("more"))]);
        });
        using var client = server.CreateClient(Version.Parse(version));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/"));
        foreach (var exception in await met.Task.WaitAsync(Deadline.Default))
            Assert.Contains("return from the handler", Assert.IsType<InvalidOperationException>(exception).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task It_ends_a_write_that_waits_for_its_client(string version)
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            var write = w.WriteAsync(new byte[16 << 20]);
            Assert.False(write.IsCompleted);
            w.Abort();
            ended.SetResult(await Record.ExceptionAsync(() => write));
        });
        using var client = server.CreateClient(Version.Parse(version));
        var response = await Record.ExceptionAsync(async () =>
        {
            using var answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
            Assert.IsAssignableFrom<IOException>(await ended.Task.WaitAsync(Deadline.Default));
            await answer.Content.ReadAsByteArrayAsync();
        });
        Assert.IsAssignableFrom<HttpRequestException>(response);
        Assert.IsAssignableFrom<IOException>(await ended.Task.WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task Responses_before_it_in_a_pipeline_are_sent()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            if (r.Path == "/abort") w.Abort();
            else w.Write(r.Path);
        });
        await server.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /abort HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("/1", (await server.Client.ReadAsync()).Text);
        Assert.Equal(Connections.ConnectionOutcome.Close, await server.OutcomeAsync());
        Assert.True(server.Connection.FromServer.TryRead(out var rest) && rest is { IsCompleted: true, Buffer.IsEmpty: true });
    }
}
