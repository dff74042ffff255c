using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Http2;

/// <summary>A stream whose client keeps the windows shut ends, whatever else goes on; one that is merely silent does not.</summary>
public sealed class ShutWindowTests
{
    private static readonly ProtocolLimits Limits = new() { MinBodyBytesPerSecond = 0, LeastResponseRate = new(100_000, 100) };

    private static readonly AsyncHandlerFunc Large = async (w, r) =>
    {
        if (r.Path == "/large") await w.WriteAsync(new byte[100_000]);
        else await w.WriteAsync("short");
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_whose_window_stays_shut_ends_and_the_others_go_on(bool synchronous)
    {
        var released = new TaskCompletionSource();
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path != "/large")
            {
                await w.WriteAsync("short");
                return;
            }
            try
            {
                if (synchronous) w.Write(new byte[100_000]);
                else await w.WriteAsync(new byte[100_000]);
                await w.FlushAsync();
            }
            finally
            {
                released.SetResult();
            }
        }), Limits);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000));
        client.Request(1, path: "/large");
        await client.SendAsync();
        await client.ExpectResetAsync(1, ErrorCode.EnhanceYourCalm);
        await released.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal("short", (await client.RoundTripAsync(3)).Text);
        Assert.Equal(1, server.Connection.ResponsesAbandoned);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task A_window_that_is_opened_by_an_octet_now_and_then_is_as_good_as_shut()
    {
        await using var server = new Http2Fixture(Large, Limits);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
        client.Request(1, path: "/large");
        client.Frames.WriteWindowUpdate(1, 1);
        await client.SendAsync();
        while (true)
        {
            var frame = await client.ReadAsync();
            if (frame.Type == FrameType.RstStream) break;
            if (frame.Type != FrameType.Data) continue;
            Assert.Single(frame.Payload);
            client.Frames.WriteWindowUpdate(1, 1);
            await client.SendAsync();
        }
        Assert.Equal(1, server.Connection.ResponsesAbandoned);
    }

    [Fact]
    public async Task A_connection_whose_window_stays_shut_loses_the_streams_that_wait_for_it()
    {
        await using var server = new Http2Fixture(Large, Limits);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000_000));
        client.Request(1, path: "/large");
        client.Request(3, path: "/large");
        await client.SendAsync();
        var responses = await client.ReadResponsesAsync(1, 3);
        Assert.All(responses.Values, response => Assert.Equal(ErrorCode.EnhanceYourCalm, response.Reset));
        client.Frames.WriteWindowUpdate(0, 100_000);
        await client.SendAsync();
        Assert.Equal("short", (await client.RoundTripAsync(5)).Text);
    }

    [Fact]
    public async Task A_stream_that_has_nothing_to_say_is_not_too_slow()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path == "/large")
            {
                await w.WriteAsync(new byte[100_000]);
                return;
            }
            await w.WriteAsync("begins and ");
            await w.FlushAsync();
            await goOn.Task;
            await w.WriteAsync("ends");
        }), Limits);
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000));
        client.Request(1, path: "/events");
        client.Request(3, path: "/large");
        await client.SendAsync();
        await client.ExpectResetAsync(3, ErrorCode.EnhanceYourCalm); // so both have been looked at
        goOn.SetResult();
        while ((await client.ReadAsync()) is not { Type: FrameType.Data, StreamId: 1, Text: "ends" }) { }
        Assert.Equal(1, server.Connection.ResponsesAbandoned);
    }

    [Fact]
    public async Task Without_a_least_rate_a_shut_window_is_waited_for()
    {
        await using var server = new Http2Fixture(Large, Limits with { LeastResponseRate = null });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000));
        client.Request(1, path: "/large");
        await client.SendAsync();
        while (await client.ReadAsync() is not { Type: FrameType.Data, StreamId: 1, Payload.Length: 1_000 }) { }
        server.Connection.PassTime(70_000);
        Assert.Equal("short", (await client.RoundTripAsync(3)).Text);
        client.Frames.WriteWindowUpdate(1, 100_000);
        client.Frames.WriteWindowUpdate(0, 100_000);
        await client.SendAsync();
        Assert.Equal(99_000, (await client.ReadResponseAsync(1)).Body.Count); // behind those that came before the window was shut
    }
}
