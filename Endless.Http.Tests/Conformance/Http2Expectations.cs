using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Conformance;

/// <summary>What a client may find a server do, as strictly as RFC 9113 puts it.</summary>
internal static class Http2Expectations
{
    /// <summary>Sends what was written, and reads until there is a response to the stream: a header section with a status.</summary>
    public static async Task AnsweredAsync(this Http2Client client, int streamId = 1)
    {
        await client.SendAsync();
        var response = await client.ReadResponseAsync(streamId);
        Assert.Null(response.Reset);
        Assert.True(response.IsEnded);
        Assert.InRange(response.Status, 200, 499);
    }

    /// <summary>Sends what was written; the connection is still there afterwards.</summary>
    public static async Task BorneWithAsync(this Http2Client client)
    {
        await client.SendAsync();
        Assert.DoesNotContain(await client.PingAsync(), frame => frame.Type == FrameType.GoAway);
    }

    /// <summary>Sends what was written, and meets a stream error (section 5.4.2) with one of these codes, which may also cost the connection.</summary>
    public static async Task StreamErrorAsync(this Http2Client client, params ErrorCode[] codes)
    {
        await client.SendAsync();
        var frame = await client.FindAsync(frame => frame.Type is FrameType.RstStream or FrameType.GoAway);
        Assert.Contains(frame.Code, codes);
    }

    /// <summary>Sends what was written, and meets a connection error (section 5.4.1): GOAWAY with one of these codes, and the end.</summary>
    public static async Task ConnectionErrorAsync(this Http2Client client, params ErrorCode[] codes)
    {
        await client.SendAsync();
        Assert.Contains((await client.FindAsync(frame => frame.Type == FrameType.GoAway)).Code, codes);
        await client.ExpectEndAsync();
    }

    /// <summary>Sends what was written, and reads up to a frame of this type.</summary>
    public static async Task<Frame> ReceivedAsync(this Http2Client client, FrameType type)
    {
        await client.SendAsync();
        return await client.FindAsync(frame => frame.Type == type);
    }

    private static async Task<Frame> FindAsync(this Http2Client client, Func<Frame, bool> isWanted)
    {
        var seen = new List<Frame>();
        while (await client.ReadOrEndAsync() is { } frame)
        {
            if (isWanted(frame)) return frame;
            seen.Add(frame);
        }
        throw new EndOfStreamException($"The server closed the connection behind: {string.Join(", ", seen)}");
    }
}
