using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>1xx responses, and 100 Continue in particular (RFC 9110 sections 15.2 and 10.1.1).</summary>
public sealed class InterimResponseTests
{
    private const string Expecting = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n";

    [Fact]
    public async Task The_first_read_of_the_body_sends_100_Continue()
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
        await server.SendAsync(Expecting);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", server.Client.Peek());
        Assert.Equal(100, (await server.Client.ReadAsync()).Status);
        await server.SendAsync("abc");
        var response = await server.Client.ReadAsync();
        Assert.Equal("abc", response.Text);
        Assert.False(response.Has("Connection"));
    }

    [Fact]
    public async Task A_handler_that_does_not_read_sends_none_and_the_connection_closes()
    {
        await using var server = new Http1Fixture((w, r) => w.WriteHeader(403));
        await server.SendAsync(Expecting);
        var response = await server.Client.ReadAsync();
        Assert.Equal(403, response.Status);
        Assert.Equal("close", response["Connection"]);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task Once_a_status_is_chosen_none_is_sent()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.WriteHeader(200);
            await w.WriteAsync(await r.ReadBodyAsync());
        });
        await server.SendAsync(Expecting + "abc");
        Assert.Equal("abc", (await server.Client.ReadAsync()).Text);
    }

    /// <summary>The client takes the answer for the end of its request, and its next request must not be taken for the body.</summary>
    [Theory]
    [InlineData("canceled by its token", "Content-Length: 30")]
    [InlineData("canceled by its token", "Transfer-Encoding: chunked")]
    [InlineData("canceled", "Content-Length: 30")]
    [InlineData("canceled", "Transfer-Encoding: chunked")]
    [InlineData("left", "Content-Length: 30")]
    [InlineData("left", "Transfer-Encoding: chunked")]
    public async Task A_read_that_could_send_none_does_not_keep_the_connection(string read, string framing)
    {
        var paths = new List<string>();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            paths.Add(r.Path);
            w.WriteHeader(401);
            using var source = new CancellationTokenSource();
            var reading = r.Body.ReadAsync(source.Token).AsTask();
            if (read == "left") return;
            if (read == "canceled") r.Body.CancelPendingRead();
            else source.Cancel();
            await Record.ExceptionAsync(() => reading);
        }, new ProtocolLimits { MinBodyBytesPerSecond = 0 });
        await server.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\nExpect: 100-continue\r\n\r\n");
        var response = await server.Client.ReadAsync();
        Assert.Equal((401, "close"), (response.Status, response["Connection"]));
        await server.SendAsync("GET /next HTTP/1.1\r\nHost: a\r\n\r\nGET /last HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.Client.AssertEndAsync();
        Assert.Equal(["/"], paths);
    }

    [Theory]
    [InlineData("Content-Length: 3", "a", "bc")]
    [InlineData("Transfer-Encoding: chunked", "3\r\na", "bc\r\n0\r\n\r\n")]
    public async Task A_client_that_sends_without_it_keeps_its_connection(string framing, string start, string rest)
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.WriteHeader(200);
            if (r.Path == "/all") await w.WriteAsync(await r.ReadBodyAsync());
            else r.Body.AdvanceTo((await r.Body.ReadAsync()).Buffer.Start);
        });
        foreach (var (path, answer) in new[] { ("/all", "abc"), ("/start", ""), ("/all", "abc") })
        {
            await server.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\n{framing}\r\nExpect: 100-continue\r\n\r\n");
            await server.SendAsync(start);
            await server.SendAsync(rest);
            var response = await server.Client.ReadAsync();
            Assert.Equal((200, answer, null), (response.Status, response.Text, response["Connection"]));
        }
    }

    [Fact]
    public async Task It_is_sent_once_however_often_the_body_is_read()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            for (var i = 0; i < 3; i++)
            {
                var reading = r.Body.ReadAsync();
                r.Body.CancelPendingRead();
                Assert.True((await reading).IsCanceled);
            }
            await w.WriteAsync(await r.ReadBodyAsync());
        });
        await server.SendAsync(Expecting);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", server.Client.Peek());
        Assert.Equal(100, (await server.Client.ReadAsync()).Status);
        await server.SendAsync("abc");
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "abc", null), (response.Status, response.Text, response["Connection"]));
    }

    [Fact]
    public async Task A_read_beside_a_hint_that_is_being_sent_leaves_it_to_the_next_read()
    {
        var isHinting = new TaskCompletionSource();
        var isCanceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new Http1Fixture(Handler.From(async (w, r) =>
        {
            var hint = Task.Run(() => w.WriteHeader(103));
            await isHinting.Task;
            var reading = r.Body.ReadAsync();
            r.Body.CancelPendingRead();
            Assert.True((await reading).IsCanceled);
            Assert.False(hint.IsCompleted);
            isCanceled.SetResult();
            await hint;
            await w.WriteAsync(await r.ReadBodyAsync());
        }), pauseWriterThreshold: 2);
        await server.SendAsync(Expecting);
        Assert.True(await server.Client.HasMoreAsync());
        isHinting.SetResult();
        await isCanceled.Task.WaitAsync(ResponseReader.Deadline);
        Assert.Equal(103, (await server.Client.ReadAsync()).Status);
        Assert.Equal(100, (await server.Client.ReadAsync()).Status);
        await server.SendAsync("abc");
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "abc", null), (response.Status, response.Text, response["Connection"]));
    }

    [Fact]
    public async Task Without_a_body_none_is_sent()
    {
        await using var server = new Http1Fixture(async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
        Assert.Equal(200, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")).Status);
    }

    [Fact]
    public async Task HTTP_1_0_gets_none()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.WriteHeader(103);
            await w.WriteAsync(await r.ReadBodyAsync());
        });
        Assert.Equal(200, (await server.RoundTripAsync("POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")).Status);
    }

    [Fact]
    public async Task A_hint_does_not_take_the_place_of_100_Continue()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.WriteHeader(103);
            await w.WriteAsync(await r.ReadBodyAsync());
        });
        await server.SendAsync(Expecting);
        Assert.Equal(103, (await server.Client.ReadAsync()).Status);
        Assert.Equal(100, (await server.Client.ReadAsync()).Status);
        await server.SendAsync("abc");
        Assert.Equal("abc", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task An_answer_sent_before_the_body_was_asked_for_says_that_it_is_the_last()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.Write("early");
            await w.FlushAsync();
        });
        await server.SendAsync(Expecting);
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "early", "close"), (response.Status, response.Text, response["Connection"]));
    }

    [Fact]
    public async Task A_handler_may_send_hints_before_its_answer()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Header["Link"] = "</style.css>; rel=preload";
            w.Header["Content-Length"] = "4";
            w.WriteHeader(103);
            w.WriteHeader(103);
            w.Header.Remove("Link");
            w.Write("body");
        });
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for (var i = 0; i < 2; i++)
        {
            var hint = await server.Client.ReadAsync();
            Assert.Equal(103, hint.Status);
            Assert.Equal("</style.css>; rel=preload", hint["Link"]);
            Assert.False(hint.Has("Content-Length"));
        }
        var response = await server.Client.ReadAsync();
        Assert.Equal("body", response.Text);
        Assert.False(response.Has("Link"));
    }

    [Fact]
    public async Task A_client_that_is_gone_at_one_is_no_fault_of_the_server()
    {
        var cancelled = false;
        Http1Fixture? fixture = null;
        await using var server = fixture = new Http1Fixture((w, r) =>
        {
            r.Cancellation.Register(() => cancelled = true);
            fixture!.Connection.ResetByClient();
            w.WriteHeader(103);
        });
        await server.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await server.OutcomeAsync();
        Assert.True(cancelled);
        server.AssertQuietLog();
    }
}
