using System.Net;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class TimeoutTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_handler_that_is_late_is_answered_503_and_told()
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var late = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var server = TestServer.InMemory(Middleware.Chain(Middleware.Recover(), Middleware.Timeout(Short))(Handler.From(async (w, r) =>
            {
                w.Header["X-Late"] = "1";
                w.Write("half");
                await Task.Delay(Timeout.Infinite, r.Cancellation).ContinueWith(_ => { });
                late.SetResult(await Record.ExceptionAsync(() => w.WriteAsync("more")));
            })));
            using var client = server.CreateClient(version);
            using var response = await client.GetAsync("/").WaitAsync(Deadline.Default);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, false), (response.StatusCode, response.Headers.Contains("X-Late")));
            Assert.Contains("\"status\":503", await response.Content.ReadAsStringAsync());
            Assert.IsType<TimeoutException>(await late.Task.WaitAsync(Deadline.Default));
        }
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_is_answered_for_too()
    {
        using var release = new ManualResetEventSlim();
        await using var server = await TestServer.StartAsync(Middleware.Timeout(Short)(Handler.From((w, r) =>
        {
            w.Write("never seen");
            release.Wait(Deadline.Default);
        })), new CollectingLogger());
        using var response = await server.Client.GetAsync("/").WaitAsync(Deadline.Default);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (response.StatusCode, response.Headers.ConnectionClose));
        Assert.Equal("503 Service Unavailable: the request took too long to be answered\n", await response.Content.ReadAsStringAsync());
        release.Set();
        using var next = await server.Client.GetAsync("/").WaitAsync(Deadline.Default); // is released at once
        Assert.Equal("never seen", await next.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_is_in_time_is_as_it_was_written()
    {
        foreach (var size in new[] { 0, 5, 5_000, 64 * 1024, 64 * 1024 + 1, 300_000 })
        {
            foreach (var isAsync in new[] { false, true })
            {
                var w = await ResponseRecorder.RecordAsync(Around(async (w, r) =>
                {
                    if (isAsync) await Task.Yield();
                    w.OnStarting(() => w.Header["X-Starting"] = "1");
                    w.Header["X"] = "1";
                    w.Header.Suppress("Content-Type");
                    w.Header["Trailer"] = "T";
                    w.Trailers["T"] = "2";
                    w.StatusCode = 201;
                    for (var at = 0; at < size; at += 10_000)
                    {
                        var part = new byte[Math.Min(10_000, size - at)];
                        if (isAsync) await w.WriteAsync(part);
                        else w.Write(part);
                    }
                }), new RequestBuilder("GET", "/").Build());
                Assert.Equal((201, size, "1", "1", null, "2"), (w.StatusCode, w.Body.Length, w.SentHeader["X"], w.SentHeader["X-Starting"], w.SentHeader["Content-Type"], w.SentTrailers["T"]));
            }
        }
    }

    [Fact]
    public async Task The_outer_header_is_seen_and_kept()
    {
        var w = await ResponseRecorder.RecordAsync(
            (w, r) =>
            {
                w.Header["X-Outer"] = "1";
                w.Header["X-Gone"] = "1";
                return Around((w, r) =>
                {
                    w.Header.Remove("X-Gone");
                    return w.WriteAsync(w.Header["X-Outer"]!);
                }).ServeHttpAsync(w, r);
            },
            new RequestBuilder("GET", "/").Build());
        Assert.Equal(("1", "1", null), (w.Text, w.SentHeader["X-Outer"], w.SentHeader["X-Gone"]));
    }

    [Fact]
    public async Task A_stream_that_has_begun_is_timed_no_longer()
    {
        await using var server = TestServer.InMemory(Middleware.Timeout(Short)(Handler.From(async (w, r) =>
        {
            await w.WriteAsync("a");
            await w.FlushAsync();
            await Task.Delay(5 * Short);
            await w.WriteAsync("b");
        })));
        using var response = await server.Client.GetAsync("/").WaitAsync(Deadline.Default);
        // On a machine that is slow the time may have been over before the flush.
        if (response.StatusCode == HttpStatusCode.OK) Assert.Equal("ab", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failure_goes_on_to_whoever_answers_it()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => ResponseRecorder.RecordAsync(Around((w, r) => throw new InvalidOperationException("no")), new RequestBuilder("GET", "/").Build()));
        var w = await ResponseRecorder.RecordAsync(
            Middleware.Recover()(Around(async (w, r) =>
            {
                w.Write("dropped");
                await Task.Yield();
                throw new HttpErrorException(404, "none");
            })),
            new RequestBuilder("GET", "/").Build());
        Assert.Equal(404, w.StatusCode);
        Assert.DoesNotContain("dropped", w.Text);
    }

    [Fact]
    public async Task A_connection_can_be_taken_over()
    {
        await using var server = await TestServer.StartAsync(Middleware.Timeout(Long)(Handler.From(async (w, r) =>
        {
            using var connection = w.Hijack();
            await connection.Output.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"u8.ToArray());
        })));
        Assert.Equal("hi", await server.Client.GetStringAsync("/").WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task Time_and_end_race_without_harm()
    {
        await using var server = TestServer.InMemory(Middleware.Timeout(TimeSpan.FromMilliseconds(2))(Handler.From(async (w, r) =>
        {
            w.Write("whole ");
            await Task.Delay(2);
            w.Write("answer");
        })), new CollectingLogger());
        for (var i = 0; i < 100; i++)
        {
            using var response = await server.Client.GetAsync("/").WaitAsync(Deadline.Default);
            var text = await response.Content.ReadAsStringAsync();
            Assert.Equal(response.StatusCode == HttpStatusCode.OK ? "whole answer" : "503 Service Unavailable: the request took too long to be answered\n", text);
        }
    }

    [Fact]
    public void Times_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Middleware.Timeout(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => Middleware.Timeout(TimeSpan.FromDays(50)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Middleware.MaxBody(-1));
    }

    private static IHandler Around(AsyncHandlerFunc handler) => Middleware.Timeout(Long)(Handler.From(handler));
}
