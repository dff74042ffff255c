using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Handlers;

/// <summary>Request.RegisterForDispose, over both protocols and of requests that a program makes.</summary>
public sealed class RegisterForDisposeTests
{
    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task It_is_disposed_of_whatever_the_end_after_OnCompleted_last_first(string version)
    {
        var over = new TaskCompletionSource<List<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new LogRecorder();
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            var order = new List<string>(); // of a request: HttpClient sends one again that was aborted on a connection that it had used before
            r.RegisterForDispose(new Disposable(() =>
            {
                order.Add("first");
                over.TrySetResult(order);
            }));
            r.RegisterForDispose(new Disposable(() => throw new InvalidOperationException("on purpose")));
            new Request(r).RegisterForDispose(new Disposable(() => order.Add("of a copy")));
            if (r.Path != "/alone") w.OnCompleted(() => order.Add("completed"));
            if (r.Path == "/throw") throw new InvalidOperationException("handler");
            if (r.Path == "/abort") w.Abort();
            else if (r.Path == "/wait") await Task.Yield();
            else w.Write("body");
        }, log);
        using var client = server.CreateClient(Version.Parse(version));
        foreach (var path in new[] { "/write", "/alone", "/wait", "/throw", "/abort" })
        {
            over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (path == "/abort") await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(path));
            else await client.GetAsync(path);
            Assert.Equal(path == "/alone" ? ["of a copy", "first"] : ["completed", "of a copy", "first"], await over.Task.WaitAsync(Deadline.Default));
        }
        await log.WaitForAsync("RegisterForDispose");
    }

    [Fact]
    public async Task It_is_disposed_of_when_the_client_leaves_and_when_the_connection_is_hijacked()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            r.RegisterForDispose(new Disposable(over.SetResult));
            if (r.Path == "/hijack")
            {
                w.Hijack().Dispose();
                return;
            }
            while (true) await w.WriteAsync(new byte[64 * 1024]);
        });
        foreach (var path in new[] { "/hijack", "/endless" })
        {
            over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (var client = new System.Net.Sockets.TcpClient())
            {
                await client.ConnectAsync("127.0.0.1", server.Url.Port);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
                _ = await client.GetStream().ReadAsync(new byte[1]);
            }
            await over.Task.WaitAsync(Deadline.Default);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Too_late_it_is_refused_and_the_object_stays_the_callers(string version)
    {
        Request? kept = null;
        await using var server = TestServer.InMemory((w, r) => kept = r);
        using (var client = server.CreateClient(Version.Parse(version))) await client.GetAsync("/");
        Assert.Throws<InvalidOperationException>(() => kept!.RegisterForDispose(new Disposable(() => Assert.Fail("disposed of"))));
        Assert.Throws<ArgumentNullException>(() => kept!.RegisterForDispose(null!));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/throw")]
    [InlineData("/abort")]
    public async Task A_recorder_ends_the_request_that_a_program_made(string path)
    {
        var disposed = 0;
        var r = new Request("GET", path);
        var recording = ResponseRecorder.RecordAsync((w, r) =>
        {
            r.RegisterForDispose(new Disposable(() => disposed++));
            if (r.Path == "/throw") throw new NotSupportedException();
            if (r.Path == "/abort") w.Abort();
        }, r);
        if (path == "/throw") await Assert.ThrowsAsync<NotSupportedException>(() => recording);
        else await recording;
        Assert.Equal(1, disposed);
    }

    private sealed class Disposable(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
