using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http2;

/// <summary>A body must not only arrive, but keep coming while its handler waits for it.</summary>
public sealed class BodyRateTests
{
    private static readonly ProtocolLimits Limits = new() { MinBodyBytesPerSecond = 1_000_000, MinBodyRateGrace = 100 };

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_answered_with_408()
    {
        await using var server = new Http2Fixture(Handler.From(async (w, r) => await r.ReadBodyAsync()), Limits);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", endStream: false);
        client.Frames.WriteData(1, new byte[10], endStream: false);
        await client.SendAsync();
        Assert.Equal(408, (await client.ReadResponseAsync(1)).Status);
        Assert.Equal(200, (await client.RoundTripAsync(3)).Status);
        server.AssertQuietLog();
    }

    [Fact]
    public async Task Time_in_which_nobody_waits_for_it_does_not_count()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http2Fixture(Handler.From(async (w, r) =>
        {
            if (r.Path == "/later") await goOn.Task;
            await w.WriteAsync(await r.ReadBodyAsync());
        }), Limits);
        var client = server.Client;
        await client.HandshakeAsync();
        client.Request(1, "POST", "/later", endStream: false);
        client.Request(3, "POST", endStream: false);
        await client.SendAsync();
        Assert.Equal(408, (await client.ReadResponseAsync(3)).Status); // so both have been looked at
        client.Frames.WriteData(1, "in time"u8, endStream: true);
        await client.SendAsync();
        goOn.SetResult();
        Assert.Equal("in time", (await client.ReadResponseAsync(1)).Text);
    }
}
