using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>What every server of HTTP/2 takes (RFC 9113), frame by frame.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public async Task A_request_is_answered()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        var response = await server.Client.RoundTripAsync(1);
        Assert.Equal((200, "Hello, World!"), (response.Status, response.Text));
        Assert.Equal(("text/plain", "13"), (response["content-type"], response["content-length"]));
        Assert.True(DateTime.TryParse(response["date"], out _));
        server.AssertQuietLog();
    }

    [Fact]
    public async Task The_server_begins_with_its_settings()
    {
        await using var server = new Http2Fixture();
        var frame = await server.Client.ReadAsync();
        Assert.Equal((FrameType.Settings, 0, FrameFlags.None), (frame.Type, frame.StreamId, frame.Header.Flags));
    }
}
