using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;

namespace Endless.Http.Tests.Http2;

/// <summary>What costs a client little and a careless server much: each is bounded, and answered with ENHANCE_YOUR_CALM.</summary>
public sealed class AbuseTests
{
    private static readonly Dictionary<string, Action<Http2Client>> Floods = new()
    {
        ["PING, CVE-2019-9512"] = c => c.Frames.WritePing(1),
        ["SETTINGS, CVE-2019-9515"] = c => c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1000)),
        ["empty SETTINGS"] = c => c.Frames.WriteSettings(),
        ["PRIORITY, CVE-2019-9513"] = c => c.Frames.WriteFrame(FrameType.Priority, 0, 7, [0, 0, 0, 9, 1]),
        ["WINDOW_UPDATE"] = c => c.Frames.WriteWindowUpdate(0, 1),
        ["unknown frames"] = c => c.Frames.WriteFrame((FrameType)0x55, 0, 0, []),
        ["empty DATA, CVE-2019-9518"] = c => c.Frames.WriteData(1, [], false),
        ["padded empty DATA on a stream that was reset"] = c => c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 3, [0]),
        ["padded empty DATA"] = c => c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 1, [0]),
        ["acknowledged PING"] = c => c.Frames.WritePing(5, ack: true),
    };

    public static TheoryData<string> Names => [.. Floods.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_flood_of_frames_that_carry_nothing(string name)
    {
        await using var server = new Http2Fixture(async (w, r) => await r.ReadBodyAsync());
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/", endStream: false);
        client.Frames.WriteHeaders(3, client.Block([("x", "malformed")]), endStream: false);
        await client.SendAsync();
        await client.PingAsync();
        for (var i = 0; i < Http2Limits.ControlBurst - 100; i++) Floods[name](client);
        await client.SendAsync();
        await client.PingAsync(); // so much is bearable
        for (var i = 0; i < 5_000; i++) Floods[name](client);
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task Rapid_reset()
    {
        // CVE-2023-44487
        var called = 0;
        await using var server = new Http2Fixture((w, r) => Interlocked.Increment(ref called));
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 2_000; id += 2)
        {
            client.Request(id);
            client.Frames.WriteRstStream(id, ErrorCode.Cancel);
        }
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
        Assert.InRange(called, 0, 0);
    }

    [Fact]
    public async Task Rapid_reset_of_requests_whose_handlers_run()
    {
        var goOn = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        await using var server = new Http2Fixture(async (w, r) =>
        {
            lock (goOn) most = Math.Max(most, ++running);
            await goOn.Task;
            lock (goOn) running--;
        });
        var client = server.Client;
        await client.HandshakeAsync();
        var refused = 0;
        for (var id = 1; id < 600; id += 2)
        {
            client.Request(id);
            await client.SendAsync();
            refused += (await client.PingAsync()).Count(f => f.Type == FrameType.RstStream && f.Code == ErrorCode.RefusedStream);
            // The answer to a PING may overtake a handler, and one that has not begun when its request is cancelled never does.
            var begun = Math.Min((id + 1) / 2, Http2Limits.MaxConcurrentStreams);
            await Deadline.UntilAsync(() => Volatile.Read(ref most) == begun, $"{begun} handlers run");
            if (id < 400) client.Frames.WriteRstStream(id, ErrorCode.Cancel);
        }
        Assert.Equal(Http2Limits.MaxConcurrentStreams, most);
        Assert.Equal(50, refused);
        goOn.SetResult();
    }

    [Fact]
    public async Task Resets_that_the_client_makes_the_server_send()
    {
        // CVE-2025-8671
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        for (var id = 1; id < 2_000; id += 2)
        {
            client.Request(id, "POST", "/", endStream: false);
            client.Frames.WriteWindowUpdate(id, 0);
        }
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task A_client_that_cancels_now_and_then_is_borne_with()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        var id = 1;
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < 20; i++, id += 2)
            {
                client.Request(id, "POST", "/", endStream: false);
                client.Frames.WriteRstStream(id, ErrorCode.Cancel);
            }
            var ids = new List<int>();
            for (var i = 0; i < 20; i++, id += 2)
            {
                client.Request(id);
                ids.Add(id);
            }
            await client.SendAsync();
            await client.ReadResponsesAsync([.. ids]);
        }
    }

    [Theory]
    [InlineData(0, 2_000)]
    [InlineData(1, 2_000)]
    [InlineData(16_000, 200)]
    public async Task A_header_block_without_end(int fragment, int frames)
    {
        // CVE-2024-27316
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        client.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndStream, 1, client.Block());
        for (var i = 0; i < frames; i++)
        {
            client.Frames.WriteFrame(FrameType.Continuation, 0, 1, new byte[fragment]);
            if (i % 100 == 0) await client.SendAsync();
        }
        await client.SendAsync();
        await client.ExpectGoAwayAsync(ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task An_HPACK_bomb_is_a_request_that_is_too_large()
    {
        await using var server = new Http2Fixture();
        var client = server.Client;
        await client.HandshakeAsync();
        // One entry of 4,000 octets, and 16,000 references to it: 64 MB.
        byte[] block = [.. client.Block(), 0x40, 1, (byte)'a', 0x7f, 0xa1, 0x1e, .. new string('b', 4_000).Select(c => (byte)c)];
        client.Frames.WriteHeaders(1, block, endStream: true);
        client.Frames.WriteHeaders(3, [.. client.Block(), .. Enumerable.Repeat((byte)0xbe, 16_000)], endStream: true);
        client.Frames.WriteHeaders(5, client.Block(), endStream: true);
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3, 5);
        Assert.Equal((200, 431, 200), (responses[1].Status, responses[3].Status, responses[5].Status));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_answers_cannot_fill_the_memory()
    {
        using var called = new SemaphoreSlim(0);
        await using var server = new Http2Fixture(
            (w, r) =>
            {
                w.Header["X-Long"] = new string('x', 12_000);
                called.Release();
            },
            pauseWriterThreshold: 1_000);
        var client = server.Client;
        await client.HandshakeAsync();
        var deadline = Deadline.After();
        for (var id = 1; !server.Connection.IsAborted; id += 2)
        {
            Assert.False(deadline.Passed, "the server has not cut it off");
            client.Request(id);
            await client.SendAsync();
            // One after the other: more streams at a time than it may have are refused, and fill nothing.
            await Task.WhenAny(called.WaitAsync(), server.Serving).WaitAsync(Deadline.Default);
        }
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task Streams_without_window_hold_little_and_only_themselves()
    {
        // CVE-2019-9517, -9511
        await using var server = new Http2Fixture(async (w, r) => await w.WriteAsync(new byte[r.Path == "/big" ? 1_000_000 : 10]));
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
        for (var id = 1; id < 400; id += 2) client.Request(id, path: "/big");
        await client.SendAsync();
        await client.PingAsync();
        client.Request(401);
        client.Frames.WriteWindowUpdate(401, 100);
        await client.SendAsync();
        Assert.Equal(10, (await client.ReadResponseAsync(401)).Body.Count);
    }
}
