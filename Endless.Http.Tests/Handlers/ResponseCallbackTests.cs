using System.Net;
using Endless.Http.Testing;
using Endless.Http.Tests.Diagnostics;

namespace Endless.Http.Tests.Handlers;

/// <summary>OnStarting and OnCompleted, over both protocols.</summary>
public sealed class ResponseCallbackTests
{
    public static TheoryData<string> Versions => ["1.1", "2.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task OnStarting_may_change_status_and_header_the_last_registered_first(string version)
    {
        var order = new List<string>();
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnStarting(() =>
            {
                order.Add("first");
                w.Header["X-Status"] = $"{w.StatusCode}";
                w.StatusCode = 203;
            });
            w.OnStarting(async () =>
            {
                await Task.Yield();
                order.Add("second");
            });
            w.StatusCode = 202;
            switch (r.Path)
            {
                case "/write": w.Write("body"); break;
                case "/header": w.WriteHeader(202); break;
                case "/flush": w.Flush(); break;
                case "/pipe": w.BodyWriter.GetSpan(1)[0] = (byte)'x'; w.BodyWriter.Advance(1); break;
            }
            return r.Path == "/async" ? w.WriteAsync("body") : Task.CompletedTask;
        });
        foreach (var path in new[] { "/write", "/async", "/header", "/flush", "/pipe", "/nothing" })
        {
            order.Clear();
            var answer = await server.Client.GetAsync(path);
            Assert.Equal((HttpStatusCode)203, answer.StatusCode);
            Assert.Equal("202", Assert.Single(answer.Headers.GetValues("X-Status")));
            Assert.Equal(["second", "first"], order);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task OnStarting_reaches_the_header_of_a_500_but_not_its_status(string version)
    {
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnStarting(() =>
            {
                w.Header["X-Status"] = $"{w.StatusCode}";
                w.StatusCode = 200;
            });
            throw new InvalidOperationException("on purpose");
        });
        var answer = await server.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("500", Assert.Single(answer.Headers.GetValues("X-Status")));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_OnStarting_throws_fails_the_handler_and_the_others_are_still_called(string version)
    {
        Exception? seen = null;
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnStarting(() => w.Header["X-Outer"] = "1");
            w.OnStarting(new Action(() => throw new InvalidOperationException("on purpose")));
            if (r.Path == "/write") seen = Record.Exception(() => w.Write("body"));
            return seen is null ? Task.CompletedTask : Task.FromException(seen);
        });
        foreach (var path in new[] { "/write", "/nothing" })
        {
            var answer = await server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.True(answer.Headers.Contains("X-Outer"));
            seen = null;
        }
        await server.Log.WaitForAsync("failed");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task OnCompleted_is_called_when_the_response_is_over_whatever_its_end(string version)
    {
        var over = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Fixture(version, async (w, r) =>
        {
            w.OnCompleted(async () =>
            {
                await Task.Yield();
                over.SetResult($"{r.Path} {w.StatusCode} {Record.Exception(() => w.Write("late"))?.GetType().Name}");
            });
            w.OnCompleted(new Action(() => throw new InvalidOperationException("on purpose")));
            if (r.Path == "/throw") throw new InvalidOperationException("handler");
            if (r.Path == "/abort") w.Abort();
            else if (r.Path == "/wait") await Task.Yield();
            else w.Write("body");
        });
        foreach (var (path, expected) in new[] { ("/write", "/write 200"), ("/wait", "/wait 200"), ("/throw", "/throw 500"), ("/abort", "/abort 0") })
        {
            over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (path == "/abort") await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.GetAsync(path));
            else await server.Client.GetAsync(path);
            Assert.Equal($"{expected} InvalidOperationException", await over.Task.WaitAsync(Endless.Http.Load.Deadline.Default));
        }
        await server.Log.WaitForAsync("OnCompleted");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_client_has_the_response_before_OnCompleted_is_done(string version)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnCompleted(() => release.Task);
            w.Write("body");
            return Task.CompletedTask;
        });
        Assert.Equal("body", await server.Client.GetStringAsync("/"));
        release.SetResult();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Callbacks_of_one_request_are_not_called_for_the_next(string version)
    {
        var calls = 0;
        await using var server = new Fixture(version, (w, r) =>
        {
            if (r.Path == "/with")
            {
                w.OnStarting(() => Interlocked.Increment(ref calls));
                w.OnCompleted(() => Interlocked.Increment(ref calls));
            }
            w.Write(r.Path);
            return Task.CompletedTask;
        });
        foreach (var path in new[] { "/with", "/without", "/without" }) Assert.Equal(path, await server.Client.GetStringAsync(path));
        Assert.Equal(2, calls);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Too_late_it_is_refused_with_what_to_do(string version)
    {
        var met = new List<string>();
        await using var server = new Fixture(version, (w, r) =>
        {
            w.Write("body");
            met.Add(Assert.Throws<InvalidOperationException>(() => w.OnStarting(() => { })).Message);
            met.Add(Assert.Throws<InvalidOperationException>(() => w.StatusCode = 404).Message);
            return Task.CompletedTask;
        });
        await server.Client.GetStringAsync("/");
        Assert.Contains("before WriteHeader and the first write", met[0], StringComparison.Ordinal);
        Assert.Contains("before WriteHeader and the first write", met[1], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Nobody_writes_in_OnStarting(string version)
    {
        Exception? refused = null;
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnStarting(() => refused = Record.Exception(() => w.Write("more")));
            return w.WriteAsync("body");
        });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.Client.GetStringAsync("/"));
        Assert.Contains("OnStarting", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_interim_response_does_not_start_it_and_HEAD_does(string version)
    {
        var calls = 0;
        await using var server = new Fixture(version, (w, r) =>
        {
            w.OnStarting(() => w.Header["X-Calls"] = $"{++calls}");
            w.WriteHeader(103);
            Assert.Equal(0, calls);
            w.Write("body");
            return Task.CompletedTask;
        });
        var answer = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/") { Version = Version.Parse(version) });
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("X-Calls")));
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    private sealed class Fixture : IAsyncDisposable
    {
        private readonly TestServer _server;

        public Fixture(string version, AsyncHandlerFunc handler)
        {
            _server = TestServer.InMemory(handler, Log);
            Client = _server.CreateClient(Version.Parse(version));
        }

        public LogRecorder Log { get; } = new();

        public HttpClient Client { get; }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _server.DisposeAsync();
        }
    }
}
