using System.IO.Pipelines;
using System.Text;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

/// <summary>What a handler sees of a request that came over HTTP/2.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task Content_Length_is_decimal()
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync($"{r.Header["content-length"]} {r.ContentLength} {(await r.ReadBodyAsync()).Length}"));
        await server.Client.HandshakeAsync();
        server.Client.Request(1, "POST", "/", endStream: false, ("content-length", "010"));
        server.Client.Frames.WriteData(1, "0123456789"u8, endStream: true);
        await server.Client.SendAsync();
        Assert.Equal("010 10 10", (await server.Client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task A_handler_sees_what_it_would_see_on_HTTP_1()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(string.Join('\n',
            r.Method, r.Target, r.Path, r.RawQuery, r.Host, r.Protocol, r.ContentLength, r.Header["X-Name"], r.Header["Host"], r.Header["Cookie"], r.Header["content-length"])));
        await server.Client.HandshakeAsync();
        var response = await server.Client.RoundTripAsync(1, "PATCH", "/a%20b?c=d", ("x-name", "v\u00e9"), ("cookie", "a=1"), ("cookie", "b=2"), ("content-length", "0"));
        Assert.Equal("PATCH\n/a%20b?c=d\n/a b\nc=d\nexample.com\nHTTP/2.0\n0\nv\u00e9\nexample.com\na=1; b=2\n0", response.Text);
    }

    [Fact]
    public async Task One_request_leaves_nothing_to_the_next()
    {
        await using var server = new Http2Fixture((w, r) =>
        {
            w.Header["X-Count"] = r.Header.Count.ToString();
            if (r.Path == "/1") w.Header["X-First"] = "1";
            w.Write($"{r.Method} {r.Header["x-a"]} {r.RawQuery}");
        });
        await server.Client.HandshakeAsync();
        var first = await server.Client.RoundTripAsync(1, "PUT", "/1?q", ("x-a", "1"));
        var second = await server.Client.RoundTripAsync(3);
        Assert.Equal(("PUT 1 q", "1"), (first.Text, first["x-first"]));
        Assert.Equal(("GET  ", null), (second.Text, second["x-first"]));
    }

    [Fact]
    public async Task Host_does_for_authority()
    {
        await using var server = new Http2Fixture((w, r) => w.Write(r.Host));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteHeaders(1, client.Block([(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "example.org")]), endStream: true);
        client.Frames.WriteHeaders(3, client.Block([(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "example.com"), ("host", "EXAMPLE.com")]), endStream: true);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal(("example.org", "example.com"), (responses[1].Text, responses[3].Text));
    }

    [Theory]
    [InlineData(400, ":authority", "")]
    [InlineData(400, ":authority", "a b")]
    [InlineData(417, "expect", "something")]
    [InlineData(413, "content-length", "1001")]
    [InlineData(431, "x-long", "*")]
    [InlineData(421, ":scheme", "https")]
    [InlineData(421, ":scheme", "HTTPS")]
    public async Task Requests_that_are_well_formed_and_refused_get_a_status(int status, string name, string value)
    {
        if (value == "*") value = new string('a', 40_000);
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("handled")), new ProtocolLimits { MaxHeaderBytes = 32_768, MaxBodyBytes = 1_000 });
        var client = server.Client;
        await client.HandshakeAsync();
        List<(string, string)> fields = [(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "a")];
        fields.RemoveAll(field => field.Item1 == name);
        fields.Add((name, value));
        client.Frames.WriteHeaders(1, client.Block(fields), endStream: name != "content-length");
        await client.SendAsync();
        var frame = await client.ReadAnswerAsync();
        Assert.Equal((":status", status.ToString()), frame.Fields![0]);
        await client.PingAsync();
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_target_that_is_too_long_is_refused_each_time()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => w.Write("handled")), new ProtocolLimits { MaxRequestLineBytes = 100 });
        await server.Client.HandshakeAsync();
        var path = "/" + new string('a', 100);
        Assert.Equal(414, (await server.Client.RoundTripAsync(1, path: path)).Status);
        Assert.Equal(414, (await server.Client.RoundTripAsync(3, path: path)).Status);
        Assert.Equal(414, (await server.Client.RoundTripAsync(5, path: path, fields: ("x", "1"))).Status);
        Assert.Equal(200, (await server.Client.RoundTripAsync(7)).Status);
    }

    [Fact]
    public async Task OPTIONS_star_and_CONNECT()
    {
        await using var server = new Http2Fixture((w, r) => w.Write($"{r.Method} {r.Target} {r.Host}"));
        var client = server.Client;
        await client.HandshakeAsync();
        Assert.Equal(("0", ""), ((await client.RoundTripAsync(1, "OPTIONS", "*"))["content-length"], ""));
        client.Frames.WriteHeaders(3, client.Block([(":method", "CONNECT"), (":authority", "example.com:443")]), endStream: true);
        await client.SendAsync();
        Assert.Equal("CONNECT example.com:443 example.com:443", (await client.ReadResponseAsync(3)).Text);
    }

    [Fact]
    public async Task A_body_and_its_trailers()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            var before = r.Trailers.Count;
            var body = await r.ReadBodyAsync();
            await w.WriteAsync($"{Encoding.ASCII.GetString(body)} {before} {r.Trailers["X-Sum"]} {r.ContentLength}");
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, ("trailer", "x-sum"));
        client.Frames.WriteData(1, "abc"u8, endStream: false);
        client.Frames.WriteData(1, "def"u8, endStream: false);
        client.Frames.WriteHeaders(1, client.Block([("x-sum", "42")]), endStream: true);
        await client.SendAsync();
        Assert.Equal("abcdef 0 42 -1", (await client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task A_body_is_read_as_it_comes()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            while (true)
            {
                var result = await r.Body.ReadAsync();
                foreach (var memory in result.Buffer) await w.WriteAsync(memory);
                r.Body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
                await w.FlushAsync();
            }
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        foreach (var piece in new[] { "one", "two", "three" })
        {
            client.Frames.WriteData(1, Encoding.ASCII.GetBytes(piece), endStream: false);
            await client.SendAsync();
            Frame frame;
            do frame = await client.ReadAnswerAsync();
            while (frame.Type != FrameType.Data);
            Assert.Equal(piece, frame.Text);
        }
        client.Frames.WriteData(1, [], endStream: true);
        await client.SendAsync();
        Assert.True((await client.ReadResponseAsync(1)).IsEnded);
    }

    [Fact]
    public async Task Data_can_be_left_unconsumed_and_looked_at_again()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            ReadResult result;
            while (!(result = await r.Body.ReadAsync()).IsCompleted) r.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            await w.WriteAsync(Encoding.ASCII.GetString(result.Buffer));
            r.Body.AdvanceTo(result.Buffer.End);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        await client.SendAsync();
        foreach (var c in "abcdef")
        {
            client.Frames.WriteData(1, [(byte)c], endStream: c == 'f');
            await client.SendAsync();
        }
        Assert.Equal("abcdef", (await client.ReadResponseAsync(1)).Text);
    }

    [Theory]
    [InlineData("100-continue")]
    [InlineData("100-Continue, 100-continue,")] // a list (RFC 9110 section 5.6.1)
    public async Task A_client_that_expects_100_Continue_gets_it_with_the_first_read(string expectation)
    {
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync(r.Path == "/read" ? await r.ReadBodyAsync() : "no"u8.ToArray()));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/read", endStream: false, ("expect", expectation));
        await client.SendAsync();
        var frame = await client.ReadAnswerAsync();
        Assert.Equal([(":status", "100")], frame.Fields!);
        Assert.False(frame.Header.EndStream);
        client.Frames.WriteData(1, "yes"u8, endStream: true);
        client.Request(3, "POST", "/ignore", endStream: false, ("expect", "100-continue"));
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal(("yes", "no"), (responses[1].Text, responses[3].Text));
        Assert.Single(responses[3].Sections);
    }

    [Fact]
    public async Task An_answer_in_place_of_100_Continue_does_not_wait_for_the_body()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            w.WriteHeader(401);
            r.Body.CancelPendingRead();
            Assert.True((await r.Body.ReadAsync()).IsCanceled);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, ("content-length", "3"), ("expect", "100-continue"));
        var start = Environment.TickCount64;
        await client.SendAsync();
        Assert.Equal(401, (await client.ReadResponseAsync(1)).Status);
        Assert.InRange(Environment.TickCount64 - start, 0, new ProtocolTimeouts().Discard - 1);
    }

    [Fact]
    public async Task A_body_over_the_handlers_limit_is_413()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            r.MaxBodyBytes = 4;
            await r.ReadBodyAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        client.Frames.WriteData(1, "abcde"u8, endStream: true);
        client.Request(3, "POST", "/", endStream: false);
        client.Frames.WriteData(3, "abcd"u8, endStream: true);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.Equal((413, 200), (responses[1].Status, responses[3].Status));
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_read_fails_and_the_cancellation_fires_when_the_client_resets_the_stream()
    {
        var started = new TaskCompletionSource();
        var seen = new TaskCompletionSource<(Exception, bool)>();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path != "/") return;
            var token = r.Cancellation;
            started.SetResult();
            try
            {
                await r.ReadBodyAsync();
            }
            catch (IOException exception)
            {
                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { });
                seen.SetResult((exception, token.IsCancellationRequested));
                throw;
            }
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        client.Frames.WriteData(1, "abc"u8, endStream: false);
        await client.SendAsync();
        await started.Task;
        client.Frames.WriteRstStream(1, ErrorCode.Cancel);
        await client.SendAsync();
        var (failure, cancelled) = await seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.IsAssignableFrom<RequestBodyException>(failure);
        Assert.True(cancelled);
        Assert.Equal(200, (await client.RoundTripAsync(3, path: "/next")).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_cancellation_fires_for_every_request_when_the_client_goes_away()
    {
        var started = new CountdownEvent(3);
        var cancelled = new CountdownEvent(3);
        var server = new Http2Fixture(async (w, r) =>
        {
            started.Signal();
            await Task.Delay(Timeout.Infinite, r.Cancellation).ContinueWith(_ => { });
            cancelled.Signal();
        });
        await server.Client.HandshakeAsync();
        for (var id = 1; id < 7; id += 2) server.Client.Request(id);
        await server.Client.SendAsync();
        Assert.True(started.Wait(TimeSpan.FromSeconds(20)));
        await server.DisposeAsync();
        Assert.True(cancelled.Wait(TimeSpan.FromSeconds(20)));
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_cancellation_fires_when_asked_for_after_the_reset()
    {
        var started = new TaskCompletionSource();
        var reset = new TaskCompletionSource();
        var token = new TaskCompletionSource<CancellationToken>();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            started.SetResult();
            await reset.Task;
            token.SetResult(r.Cancellation);
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        await started.Task;
        client.Frames.WriteRstStream(1, ErrorCode.Cancel);
        await client.SendAsync();
        await client.PingAsync();
        reset.SetResult();
        Assert.True((await token.Task.WaitAsync(TimeSpan.FromSeconds(20))).IsCancellationRequested);
    }

    [Fact]
    public async Task A_request_cancelled_in_the_same_breath_costs_no_handler()
    {
        var called = 0;
        await using var server = new Http2Fixture((w, r) => Interlocked.Increment(ref called));
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 100; id += 2)
        {
            client.Request(id, "POST", "/", endStream: false);
            client.Frames.WriteRstStream(id, ErrorCode.Cancel);
        }
        await client.SendAsync();
        await client.PingAsync();
        Assert.Equal(0, called);
    }

    [Fact]
    public async Task An_unread_body_of_known_length_is_thrown_away_before_the_answer()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("ignored"));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false, ("content-length", "40000"));
        for (var i = 0; i < 3; i++) client.Frames.WriteData(1, new byte[10_000], endStream: false);
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), f => f.Type is FrameType.Headers or FrameType.RstStream);
        client.Frames.WriteData(1, new byte[10_000], endStream: true);
        await client.SendAsync();
        var response = await client.ReadResponseAsync(1);
        Assert.Equal(("ignored", null), (response.Text, response.Reset));
    }

    [Fact]
    public async Task An_unread_body_of_unknown_length_is_stopped_behind_the_answer()
    {
        await using var server = new Http2Fixture((w, r) => w.Write("ignored"));
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        await client.SendAsync();
        var response = await client.ReadResponseAsync(1);
        Assert.Equal("ignored", response.Text);
        await client.ExpectResetAsync(1, ErrorCode.NoError);
        client.Frames.WriteData(1, new byte[1_000], endStream: true); // was under way
        await client.SendAsync();
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
    }

    [Fact]
    public async Task A_handler_that_still_reads_when_it_returns_harms_nobody()
    {
        await using var server = new Http2Fixture((w, r) =>
        {
            if (r.Path == "/") _ = r.Body.ReadAsync().AsTask();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        await client.SendAsync();
        await client.ReadResponseAsync(1);
        for (var id = 3; id < 23; id += 2)
        {
            client.Request(id, "POST", "/next", endStream: false);
            client.Frames.WriteData(id, "abc"u8, endStream: true);
            await client.SendAsync();
            Assert.Equal(200, (await client.ReadResponseAsync(id)).Status);
        }
    }
}
