using System.Net;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Streams;

public sealed class ServerSentEventsTests
{
    [Theory]
    [InlineData("hello", null, null, "data: hello\n\n")]
    [InlineData("", null, null, "data: \n\n")]
    [InlineData("a\nb\r\nc\rd", "tick", "7", "id: 7\nevent: tick\ndata: a\ndata: b\ndata: c\ndata: d\n\n")]
    [InlineData("a\n", null, "", "id: \ndata: a\ndata: \n\n")]
    [InlineData("\u00e4\u20ac", "\u00e4", null, "event: \u00e4\ndata: \u00e4\u20ac\n\n")]
    [InlineData("id: 9\n\nevent: x", null, null, "data: id: 9\ndata: \ndata: event: x\n\n")]
    public async Task An_event_is_sent_as_the_standard_has_it(string data, string? name, string? id, string expected)
    {
        var w = await RecordAsync(events => events.SendAsync(data, name, id));
        Assert.Equal(":\n\n" + expected, w.Text);
    }

    [Theory]
    [InlineData("a\nb", null)]
    [InlineData("a\rb", null)]
    [InlineData("a\0b", null)]
    [InlineData(null, "1\ndata: x")]
    [InlineData(null, "1\r")]
    [InlineData(null, "\0")]
    public void A_name_or_id_that_would_end_its_line_is_refused(string? name, string? id) =>
        Assert.Throws<ArgumentException>(() => new ServerSentEvent("x", name, id));

    [Fact]
    public async Task The_head_says_that_it_is_a_stream()
    {
        var w = await RecordAsync(events => events.CommentAsync("two\nlines"), new ServerSentEventsOptions { Retry = TimeSpan.FromSeconds(1.5) });
        Assert.Equal("text/event-stream", w.SentHeader["Content-Type"]);
        Assert.Equal("no-cache", w.SentHeader["Cache-Control"]);
        Assert.Equal("no", w.SentHeader["X-Accel-Buffering"]);
        Assert.Equal("retry: 1500\n\n: two\n: lines\n\n", w.Text);
    }

    [Fact]
    public async Task The_client_says_what_it_has_seen_last()
    {
        var seen = "";
        var handler = Handler.From(async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r);
            seen = events.LastEventId;
        });
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("Last-Event-ID", "\u00c3\u00a4 7").Build());
        Assert.Equal("\u00e4 7", seen); // UTF-8, as browsers send it
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
        Assert.Equal("", seen);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Comments_keep_the_stream_alive_and_never_mix_with_events(string version)
    {
        var options = new ServerSentEventsOptions { KeepAlive = TimeSpan.FromMilliseconds(1) };
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r, options);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    Assert.True(await events.SendAsync(new string((char)('a' + sender), 2000)));
                    await Task.Delay(1);
                }
            })));
        });
        using var client = server.CreateClient(Version.Parse(version));
        var text = await client.GetStringAsync("/").WaitAsync(Deadline.Default);
        var blocks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).CountBy(block => block).ToDictionary();
        Assert.InRange(blocks[":"], 2, int.MaxValue);
        Assert.Equal(Enumerable.Range(0, 4).Select(sender => KeyValuePair.Create("data: " + new string((char)('a' + sender), 2000), 100)), blocks.Where(block => block.Key != ":").OrderBy(block => block.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_is_gone_ends_the_stream(string version)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r);
            await events.DelayAsync(Timeout.InfiniteTimeSpan);
            ended.SetResult(await events.SendAsync("late"));
        });
        using (var client = server.CreateClient(Version.Parse(version)))
        using (await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default)) { }
        Assert.False(await ended.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_drain_ends_the_stream_as_a_whole_response(string version)
    {
        var server = EndlessServer.NewServer("127.0.0.1:0", async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r);
            await events.SendAsync("first", id: "1");
            await events.DelayAsync(Timeout.InfiniteTimeSpan);
            Assert.False(await events.SendAsync("late"));
        });
        await server.StartAsync();
        using var client = new HttpClient { DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.GetAsync($"http://127.0.0.1:{((IPEndPoint)server.LocalEndPoint!).Port}/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline.Default);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync().WaitAsync(Deadline.Default) is var line && line != "data: first") Assert.NotNull(line);
        var stopping = server.ShutdownAsync();
        Assert.Equal("\n", await reader.ReadToEndAsync().WaitAsync(Deadline.Default)); // and not an exception, as for one that is cut off
        await stopping.WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_handler_that_forgets_to_dispose_leaves_no_timer_behind()
    {
        ServerSentEvents? kept = null;
        await using (var server = TestServer.InMemory((w, r) => kept = ServerSentEvents.Start(w, r, new ServerSentEventsOptions { KeepAlive = TimeSpan.FromMilliseconds(1) })))
            Assert.StartsWith(":\n\n", await server.Client.GetStringAsync("/").WaitAsync(Deadline.Default));
        Assert.True(kept!.Ended.IsCancellationRequested);
        Assert.False(await kept.SendAsync("late"));
    }

    [Fact]
    public async Task It_begins_the_response()
    {
        var handler = Handler.From((w, r) =>
        {
            w.WriteHeader(200);
            Assert.Throws<InvalidOperationException>(() => ServerSentEvents.Start(w, r));
        });
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
    }

    private static Task<ResponseRecorder> RecordAsync(Func<ServerSentEvents, ValueTask<bool>> send, ServerSentEventsOptions? options = null) =>
        RecordAsync(Handler.From(async (w, r) =>
        {
            await using var events = ServerSentEvents.Start(w, r, options);
            Assert.True(await send(events));
        }));

    private static Task<ResponseRecorder> RecordAsync(IHandler handler) => ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
}
