using System.Text;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>How responses look on the wire (RFC 9113 section 8.1).</summary>
public sealed class ResponseTests
{
    private static async Task<(Http2ResponseParts Response, List<Frame> Frames)> GetAsync(AsyncHandlerFunc handler, string method = "GET")
    {
        await using var server = new Http2Fixture(handler);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, method);
        await client.SendAsync();
        var frames = new List<Frame>();
        var response = new Http2ResponseParts();
        while (!response.IsEnded && response.Reset == null)
        {
            var frame = await client.ReadAnswerAsync();
            frames.Add(frame);
            if (frame.Type == FrameType.Headers) response.Sections.Add(frame.Fields!);
            if (frame.Type == FrameType.Data) response.Body.AddRange(frame.Payload);
            if (frame.Type == FrameType.RstStream) response.Reset = frame.Code;
            if (frame.Type is FrameType.Headers or FrameType.Data) response.IsEnded = frame.Header.EndStream;
        }
        await client.PingAsync();
        return (response, frames);
    }

    [Fact]
    public async Task A_small_response_is_one_HEADERS_and_one_DATA_frame()
    {
        var (_, frames) = await GetAsync((w, r) => w.WriteAsync("abc"));
        Assert.Equal([FrameType.Headers, FrameType.Data], frames.Select(f => f.Type));
        Assert.True(frames[1].Header.EndStream);
    }

    [Theory]
    [InlineData(200, "0")]
    [InlineData(204, null)]
    [InlineData(205, "0")]
    [InlineData(304, null)]
    [InlineData(599, "0")]
    public async Task A_response_without_body_is_one_HEADERS_frame(int status, string? length)
    {
        var (response, frames) = await GetAsync((w, r) =>
        {
            w.WriteHeader(status);
            return Task.CompletedTask;
        });
        Assert.Single(frames);
        Assert.Equal((status, length), (response.Status, response["content-length"]));
    }

    [Fact]
    public async Task HEAD_is_GET_without_the_body()
    {
        var (response, frames) = await GetAsync((w, r) => w.WriteAsync("abc"), "HEAD");
        Assert.Single(frames);
        Assert.Equal(("3", "text/plain; charset=utf-8"), (response["content-length"], response["content-type"]));
        (response, frames) = await GetAsync((w, r) => w.WriteAsync(new byte[r.Method == "HEAD" ? 100_000 : 10]), "HEAD");
        Assert.Single(frames);
        Assert.Empty(response.Body);
    }

    [Fact]
    public async Task What_is_flushed_is_sent_and_the_rest_follows()
    {
        var (response, frames) = await GetAsync(async (w, r) =>
        {
            await w.FlushAsync();
            await w.WriteAsync("one");
            await w.FlushAsync();
            w.Write("two");
            w.Flush();
        });
        Assert.Equal("onetwo", response.Text);
        Assert.Null(response["content-length"]);
        Assert.Equal([0, 3, 3], frames.Where(f => f.Payload.Length < 6).Select(f => f.Payload.Length).Prepend(0).Take(3));
    }

    [Fact]
    public async Task Names_are_sent_in_lower_case_and_fields_of_the_connection_are_not_sent()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.Header["X-Mixed-CASE"] = "Value";
            w.Header["Connection"] = "close";
            w.Header["Keep-Alive"] = "timeout=5";
            w.Header["Transfer-Encoding"] = "chunked";
            w.Header["Upgrade"] = "h2c";
            w.Header["Proxy-Connection"] = "close";
            w.Header.Add("Set-Cookie", "a=1");
            w.Header.Add("Set-Cookie", "b=2");
            return Task.CompletedTask;
        });
        Assert.Equal("Value", response["x-mixed-case"]);
        Assert.Equal(["a=1", "b=2"], response.Header.Where(f => f.Name == "set-cookie").Select(f => f.Value));
        Assert.DoesNotContain(response.Header, f => f.Name is "connection" or "keep-alive" or "transfer-encoding" or "upgrade" or "proxy-connection");
    }

    [Fact]
    public async Task Trailers_follow_the_body()
    {
        var (response, frames) = await GetAsync(async (w, r) =>
        {
            w.Header["Trailer"] = "X-Checksum";
            await w.WriteAsync("body");
            w.Trailers["X-Checksum"] = "abc";
        });
        Assert.Equal([FrameType.Headers, FrameType.Data, FrameType.Headers], frames.Select(f => f.Type));
        Assert.Equal([("x-checksum", "abc")], response.Sections[1]);
        Assert.False(frames[1].Header.EndStream);
    }

    [Fact]
    public async Task Interim_responses_go_before()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.Header["Link"] = "</style.css>; rel=preload";
            w.WriteHeader(103);
            w.Header.Remove("Link");
            return w.WriteAsync("final");
        });
        Assert.Equal([":status: 103", "link: </style.css>; rel=preload"], response.Sections[0].Select(f => $"{f.Name}: {f.Value}"));
        Assert.Equal((200, null, "final"), (response.Status, response["link"], response.Text));
    }

    [Fact]
    public async Task What_belongs_behind_the_body_is_not_in_an_interim_response()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.Header["Trailer:X-Checksum"] = "abc";
            w.Header["Content-Length"] = "5";
            w.WriteHeader(103);
            return w.WriteAsync("final");
        });
        Assert.Equal([":status: 103"], response.Sections[0].Select(f => $"{f.Name}: {f.Value}"));
    }

    [Fact]
    public async Task Upgrade_is_no_trailer()
    {
        var (response, _) = await GetAsync(async (w, r) =>
        {
            w.Trailers["X-Checksum"] = "abc";
            w.Trailers["Upgrade"] = "h2c";
            await w.WriteAsync("body");
        });
        Assert.Equal([("x-checksum", "abc")], response.Sections[1]);
    }

    /// <summary>RFC 9113 section 8.6.</summary>
    [Fact]
    public async Task Protocols_are_not_switched()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.WriteHeader(101);
            return Task.CompletedTask;
        });
        Assert.Equal(500, response.Status);
    }

    /// <summary>Its end was sent with its head: nothing of it is there to be held while the request still comes.</summary>
    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("POST", 204)]
    [InlineData("POST", 200)]
    public async Task A_stream_is_closed_whose_response_has_ended_before_its_request(string method, int status)
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            w.WriteHeader(status);
            await w.FlushAsync();
        });
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 2 * 300; id += 2)
        {
            client.Request(id, method, endStream: false, fields: ("content-length", "5"));
            await client.SendAsync();
            await client.PingAsync();
            client.Frames.WriteData(id, "12345"u8, endStream: true);
        }
        Assert.Equal(status, (await client.RoundTripAsync(601, "HEAD")).Status);
        server.Connection.RequestLeave(Endless.Http.Connections.LeaveRequest.Drain);
        var ping = await client.ReadAnswerAsync();
        while (ping.Type != FrameType.Ping) ping = await client.ReadAnswerAsync();
        client.Frames.WriteFrame(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        await client.SendAsync();
        await client.ExpectEndAsync(); // no stream is waited for
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_header_section_larger_than_a_frame_is_continued()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            for (var i = 0; i < 20; i++) w.Header[$"X-{i}"] = new string((char)('a' + i), 2_000);
            return w.WriteAsync("ok");
        });
        Assert.Equal(new string('t', 2_000), response["x-19"]);
    }

    [Fact]
    public async Task A_throwing_handler_is_a_500_and_costs_nobody_else()
    {
        var (response, _) = await GetAsync((w, r) => r.Path == "/" ? throw new InvalidOperationException("a test") : Task.CompletedTask);
        Assert.Equal((500, null), (response.Status, response.Reset));
        Assert.StartsWith("500 Internal Server Error", response.Text);
    }

    [Fact]
    public async Task A_handler_that_throws_late_resets_its_stream()
    {
        var (response, _) = await GetAsync(async (w, r) =>
        {
            await w.WriteAsync("part");
            await w.FlushAsync();
            throw new InvalidOperationException("a test");
        });
        Assert.Equal((200, "part", ErrorCode.InternalError), (response.Status, response.Text, response.Reset));
    }

    [Fact]
    public async Task A_handler_that_aborts_is_not_logged()
    {
        await using var server = new Http2Fixture((w, r) => throw new AbortHandlerException());
        await server.Client.HandshakeAsync();
        Assert.Equal(ErrorCode.InternalError, (await server.Client.RoundTripAsync(1)).Reset);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_body_shorter_than_declared_is_not_made_to_look_whole()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.Header["Content-Length"] = "10";
            return w.WriteAsync("abc");
        });
        Assert.Equal(ErrorCode.InternalError, response.Reset);
    }

    [Fact]
    public async Task A_write_after_the_client_reset_the_stream_fails()
    {
        var failed = new TaskCompletionSource<Exception>();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path != "/") return;
            try
            {
                while (true) await w.WriteAsync(new byte[10_000]);
            }
            catch (IOException exception)
            {
                failed.SetResult(exception);
                throw;
            }
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        Assert.Equal(FrameType.Headers, (await client.ReadAnswerAsync()).Type);
        client.Frames.WriteRstStream(1, ErrorCode.Cancel);
        await client.SendAsync();
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        client.Frames.WriteWindowUpdate(0, 100_000);
        Assert.Equal(200, (await client.RoundTripAsync(3, path: "/next")).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_waiting_write_can_be_cancelled_and_nothing_is_lost()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            var piece = new byte[100_000];
            Array.Fill(piece, (byte)'a');
            using var source = new CancellationTokenSource();
            var write = w.WriteAsync(piece, source.Token);
            source.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
            Array.Clear(piece);
            cancelled.SetResult();
            await w.WriteAsync("end");
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        var first = 0;
        while (first < 65_535)
        {
            var frame = await client.ReadAnswerAsync();
            if (frame.Type == FrameType.Data) first += frame.Payload.Length;
        }
        await cancelled.Task;
        client.Frames.WriteWindowUpdate(0, 1_000_000);
        client.Frames.WriteWindowUpdate(1, 1_000_000);
        await client.SendAsync();
        Assert.Equal(new string('a', 100_000 - first) + "end", (await client.ReadResponseAsync(1)).Text);
    }

    [Fact]
    public async Task The_body_can_be_written_as_a_pipe()
    {
        var (response, _) = await GetAsync(async (w, r) =>
        {
            for (var i = 0; i < 3; i++)
            {
                Encoding.ASCII.GetBytes("piece", w.BodyWriter.GetSpan(5));
                w.BodyWriter.Advance(5);
                await w.BodyWriter.FlushAsync();
            }
        });
        Assert.Equal("piecepiecepiece", response.Text);
    }

    [Fact]
    public async Task A_stream_cannot_be_hijacked()
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            Assert.Throws<InvalidOperationException>(w.Hijack);
            return w.WriteAsync("still here");
        });
        Assert.Equal("still here", response.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    public async Task A_response_shorter_than_it_declares_is_reset(string body)
    {
        var (response, _) = await GetAsync((w, r) =>
        {
            w.Header["Content-Length"] = "10";
            return w.WriteAsync(body);
        });
        Assert.Equal((false, ErrorCode.InternalError), (response.IsEnded, response.Reset));
    }
}
