using Endless.Http.Connections;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

/// <summary>The end of a connection: asked for by a restart, by the client, or by time (RFC 9113 section 6.8).</summary>
public sealed class LeaveTests
{
    [Theory]
    [InlineData(LeaveRequest.Drain)]
    [InlineData(LeaveRequest.HandOver)] // the tables of HPACK live here and cannot move
    internal async Task A_restart_says_goodbye_in_two_steps(LeaveRequest request)
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path == "/wait") await goOn.Task;
            await w.WriteAsync(r.Path);
        }), select: true);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, path: "/wait");
        await client.SendAsync();
        await client.PingAsync();

        server.Connection.RequestLeave(request);
        var first = await client.ReadAnswerAsync();
        Assert.Equal((FrameType.GoAway, int.MaxValue, ErrorCode.NoError), (first.Type, first.First, first.Code));
        var ping = await client.ReadAnswerAsync();
        Assert.Equal((FrameType.Ping, false), (ping.Type, ping.Header.Ack));

        // Was under way when the client heard of it: served.
        Assert.Equal("/under-way", (await client.RoundTripAsync(3, path: "/under-way")).Text);
        Assert.True(((IProtocolEngine)server.Connection.Tag!).TakesRequests);
        client.Frames.WriteFrame(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        await client.SendAsync();
        var second = await client.ReadAnswerAsync();
        Assert.Equal((FrameType.GoAway, 3, ErrorCode.NoError), (second.Type, second.First, second.Code));
        Assert.False(((IProtocolEngine)server.Connection.Tag!).TakesRequests);

        // Above the last stream: not served, and said so.
        client.Request(5, path: "/late");
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), f => f.StreamId == 5);
        Assert.False(server.Serving.IsCompleted);
        goOn.SetResult();
        Assert.Equal("/wait", (await client.ReadResponseAsync(1)).Text);
        await client.ExpectEndAsync();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }

    /// <summary>RFC 9113 section 6.8: what was on its way when the client heard of the end costs neither the connection nor the streams that were promised.</summary>
    [Theory]
    [InlineData("POST")]
    [InlineData("RST_STREAM")]
    [InlineData("WINDOW_UPDATE")]
    [InlineData("trailers")]
    public async Task Frames_behind_the_last_stream_are_passed_over(string what)
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            await goOn.Task;
            await w.WriteAsync("promised");
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        client.Frames.WriteGoAway(0, ErrorCode.NoError);
        client.Request(3, "POST", endStream: false);
        for (var i = 0; i < 2_000; i++) client.Frames.WriteData(3, new byte[16], endStream: false);
        if (what == "RST_STREAM") client.Frames.WriteRstStream(3, ErrorCode.Cancel);
        if (what == "WINDOW_UPDATE") client.Frames.WriteWindowUpdate(3, 1);
        if (what == "trailers") client.Frames.WriteHeaders(3, client.Block([("x", "y")]), endStream: true);
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), frame => frame.StreamId == 3 || (frame.Type == FrameType.GoAway && frame.First != 1));
        goOn.SetResult();
        Assert.Equal("promised", (await client.ReadResponseAsync(1)).Text);
        await client.ExpectEndAsync();
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task An_error_behind_the_last_stream_promises_nothing_new()
    {
        await using var server = new Http2Fixture(async (w, r) => await r.ReadBodyAsync());
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", endStream: false);
        client.Frames.WriteGoAway(0, ErrorCode.NoError);
        client.Request(3);
        client.Frames.WriteFrame(FrameType.Ping, 0, 0, [1]);
        await client.SendAsync();
        Assert.Equal((1, ErrorCode.NoError), await client.ReadAnswerAsync() is var first ? (first.First, first.Code) : default);
        Assert.Equal((1, ErrorCode.FrameSizeError), await client.ReadAnswerAsync() is var second ? (second.First, second.Code) : default);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task An_idle_connection_leaves_after_the_round_trip()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        await client.RoundTripAsync(1);
        server.Connection.RequestLeave(LeaveRequest.Drain);
        Assert.Equal(FrameType.GoAway, (await client.ReadAnswerAsync()).Type);
        client.Frames.WriteFrame(FrameType.Ping, FrameFlags.Ack, 0, (await client.ReadAnswerAsync()).Payload);
        await client.SendAsync();
        Assert.Equal(1, (await client.ReadAnswerAsync()).First);
        await client.ExpectEndAsync();
        await server.OutcomeAsync();
    }

    /// <summary>A GOAWAY met while the preface is still being written fails the request that the connection is for (HttpClient: "the server did not complete the HTTP/2 handshake").</summary>
    [Fact]
    public async Task A_restart_waits_for_a_preface_that_is_under_way()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        var readsOn = new TaskCompletionSource();
        await client.SendAsync(Preface.Octets[..8].ToArray());
        server.Connection.Reading = () =>
        {
            if (server.Connection.Leave != LeaveRequest.None) readsOn.TrySetResult();
        };
        server.Connection.RequestLeave(LeaveRequest.Drain);
        await readsOn.Task.WaitAsync(Deadline.Default);

        client.Frames.WriteSettings([]);
        client.Request(1);
        await client.SendAsync((byte[])[.. Preface.Octets[8..], .. client.Frames.Written.Span]);
        client.Frames.Clear();
        // The server's own preface, and the acknowledgement of the client's, come first.
        Assert.Equal(FrameType.Settings, (await client.ReadAsync()).Type);
        Assert.Equal(FrameType.WindowUpdate, (await client.ReadAsync()).Type);
        Assert.Equal((FrameType.Settings, FrameFlags.Ack), await client.ReadAsync() is var ack ? (ack.Type, ack.Header.Flags) : default);
        var frames = new List<Frame>();
        while (frames.Count(frame => frame.Type == FrameType.GoAway) == 0 || !frames.Exists(frame => frame is { StreamId: 1, Header.EndStream: true })) frames.Add(await client.ReadAsync());
        Assert.Equal(int.MaxValue, frames.Find(frame => frame.Type == FrameType.GoAway)!.First);
    }

    [Fact]
    public async Task A_preface_is_not_waited_for_longer_than_a_request()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: new ProtocolTimeouts { DrainGrace = 50, Linger = 10 });
        await server.Client.SendAsync("PRI * HT"u8.ToArray());
        server.Connection.RequestLeave(LeaveRequest.Drain);
        await server.Client.ExpectGoAwayAsync(ErrorCode.NoError);
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_PING_is_not_waited_for_for_ever()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: new ProtocolTimeouts { DrainGrace = 50, Linger = 10 });
        var client = server.Client;
        await client.HandshakeAsync();
        server.Connection.RequestLeave(LeaveRequest.Drain);
        Assert.Equal(int.MaxValue, (await client.ReadAnswerAsync()).First);
        await client.ExpectEndAsync();
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_client_may_take_leave_and_gets_what_it_asked_for()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(async (w, r) =>
        {
            await goOn.Task;
            await w.WriteAsync("late");
        });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        client.Frames.WriteGoAway(0, ErrorCode.NoError);
        await client.SendAsync();
        await client.PingAsync();
        goOn.SetResult();
        Assert.Equal("late", (await client.ReadResponseAsync(1)).Text);
        await client.ExpectEndAsync();
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task The_engine_ends_only_when_its_handlers_have()
    {
        var goOn = new TaskCompletionSource();
        var (began, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = new Http2Fixture(async (w, r) =>
        {
            r.Cancellation.Register(cancelled.SetResult);
            began.SetResult();
            await goOn.Task;
        });
        await server.Client.HandshakeAsync();
        server.Client.Request(1);
        await server.Client.SendAsync();
        await began.Task.WaitAsync(Deadline.Default);
        server.Connection.ResetByClient();
        await cancelled.Task.WaitAsync(Deadline.Default); // it knows that the client has gone
        Assert.False(server.Serving.IsCompleted);
        goOn.SetResult();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
    }

    [Fact]
    public async Task An_idle_connection_is_ended_after_its_time_with_the_same_two_steps()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: new ProtocolTimeouts { Idle = 100, DrainGrace = 60_000, Linger = 10 });
        var client = server.Client;
        await client.HandshakeAsync();
        Assert.Equal(int.MaxValue, (await client.ReadAnswerAsync()).First);
        var ping = await client.ReadAnswerAsync();
        // Was under way.
        Assert.Equal(200, (await client.RoundTripAsync(1)).Status);
        client.Frames.WriteFrame(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        await client.SendAsync();
        var last = await client.ReadAnswerAsync();
        Assert.Equal((1, ErrorCode.NoError), (last.First, last.Code));
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_connection_is_not_idle_before_its_preface()
    {
        var timeouts = new ProtocolTimeouts { Idle = 100, Linger = 10 };
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: timeouts);
        // Once one that began later, and is idle, is told to leave, this one would have been too.
        await using var idle = new Http2Fixture(Handler.From((w, r) => { }), timeouts: timeouts);
        await idle.Client.HandshakeAsync();
        Assert.Equal(int.MaxValue, (await idle.Client.ReadAnswerAsync()).First);
        await server.Client.HandshakeAsync();
        Assert.Equal(int.MaxValue, (await server.Client.ReadAnswerAsync()).First);
    }

    [Fact]
    public async Task A_busy_connection_is_not_idle_and_becomes_so_when_its_last_handler_is_done()
    {
        var goOn = new TaskCompletionSource();
        var timeouts = new ProtocolTimeouts { Idle = 1_000, Linger = 10 };
        await using var server = new Http2Fixture(Handler.From(async (w, r) => await goOn.Task), timeouts: timeouts);
        var client = server.Client;
        client.Request(1);
        await client.HandshakeAsync();
        // Once one that began later, and is idle, is told to leave, this one would have been too.
        await using var idle = new Http2Fixture(Handler.From((w, r) => { }), timeouts: timeouts);
        await idle.Client.HandshakeAsync();
        Assert.Equal(int.MaxValue, (await idle.Client.ReadAnswerAsync()).First);
        Assert.Empty(await client.PingAsync());
        goOn.SetResult();
        Assert.Equal(200, (await client.ReadResponseAsync(1)).Status);
        Assert.Equal(int.MaxValue, (await client.ReadAnswerAsync()).First);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_not_waited_for()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: new ProtocolTimeouts { ReadHeader = 100, Linger = 10 }, prefaceTimeout: 100);
        await server.Client.SendAsync("PRI * HT"u8.ToArray());
        await server.Client.ExpectGoAwayAsync(ErrorCode.NoError);
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_header_block_must_be_complete_in_time()
    {
        await using var server = new Http2Fixture(Handler.From((w, r) => { }), timeouts: new ProtocolTimeouts { ReadHeader = 100, Linger = 10 });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndStream, 1, client.Block());
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task A_body_must_arrive_in_time()
    {
        await using var server = new Http2Fixture(Handler.From(async (w, r) => await r.ReadBodyAsync()), timeouts: new ProtocolTimeouts { Read = 100 });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        await client.SendAsync();
        Assert.Equal(408, (await client.ReadResponseAsync(1)).Status);
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_body_must_arrive_in_time_whatever_else_comes_on_and_on()
    {
        const int Most = 20; // with the last one the body is there
        var frames = 0;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var clientIsDone = new ManualResetEventSlim();
        Http2Fixture? fixture = null;
        await using var server = fixture = new Http2Fixture(Handler.From(async (w, r) =>
        {
            fixture!.Connection.Reading = () =>
            {
                clientIsDone.Wait(Deadline.Default);
                if (++frames > Most) return;
                fixture.Connection.PassTime(20_000);
                fixture.Client.Frames.WritePing((ulong)frames);
                if (frames == Most) fixture.Client.Frames.WriteData(1, "x"u8, endStream: true);
                fixture.Client.SendAsync().Wait();
            };
            begun.SetResult();
            await r.ReadBodyAsync();
        }), timeouts: new ProtocolTimeouts { Read = 60_000 });
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        await client.SendAsync();
        // The server may have begun its read before the handler was there to see it: with this it begins another.
        await begun.Task.WaitAsync(Deadline.Default);
        client.Frames.WritePing(0);
        await client.SendAsync();
        clientIsDone.Set();
        Assert.Equal(408, (await client.ReadResponseAsync(1)).Status);
    }

    [Fact]
    public async Task A_response_must_be_sent_in_time()
    {
        // The pipe takes all that the window allows: only the window is waited for. And the time is long enough for the second request.
        await using var server = new Http2Fixture(
            Handler.From(async (w, r) => await w.WriteAsync(new byte[r.Path == "/" ? 100_000 : 10])), timeouts: new ProtocolTimeouts { Write = 2_000 }, pauseWriterThreshold: 1 << 20);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.InternalError);
        client.Frames.WriteWindowUpdate(0, 100_000);
        Assert.Equal(200, (await client.RoundTripAsync(3, path: "/small")).Status);
        server.AssertQuietLog();
    }
}
