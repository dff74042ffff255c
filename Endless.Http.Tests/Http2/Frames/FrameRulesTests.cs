using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2.Frames;

public class FrameRulesTests
{
    [Theory]
    [InlineData(FrameType.Data, 1, 0)]
    [InlineData(FrameType.Data, 1, 16384)]
    [InlineData(FrameType.Headers, 3, 16384)]
    [InlineData(FrameType.Continuation, 3, 0)]
    [InlineData(FrameType.Priority, 5, 5)]
    [InlineData(FrameType.RstStream, 5, 4)]
    [InlineData(FrameType.Settings, 0, 0)]
    [InlineData(FrameType.Settings, 0, 12)]
    [InlineData(FrameType.Ping, 0, 8)]
    [InlineData(FrameType.GoAway, 0, 8)]
    [InlineData(FrameType.GoAway, 0, 100)]
    [InlineData(FrameType.WindowUpdate, 0, 4)]
    [InlineData(FrameType.WindowUpdate, 7, 4)]
    [InlineData((FrameType)0x2a, 7, 123)]
    internal void AcceptsWhatIsRight(FrameType type, int streamId, int length) =>
        Assert.False(FrameRules.Check(new FrameHeader(length, type, FrameFlags.None, streamId), FrameHeader.DefaultMaxFrameSize).IsError);

    [Theory]
    [InlineData(FrameType.Data, 0, 0, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Headers, 0, 0, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Priority, 0, 5, ErrorCode.ProtocolError)]
    [InlineData(FrameType.RstStream, 0, 4, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Continuation, 0, 0, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Settings, 1, 0, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Ping, 1, 8, ErrorCode.ProtocolError)]
    [InlineData(FrameType.GoAway, 1, 8, ErrorCode.ProtocolError)]
    [InlineData(FrameType.PushPromise, 1, 4, ErrorCode.ProtocolError)]
    [InlineData(FrameType.Data, 1, 16385, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Headers, 1, 16385, ErrorCode.FrameSizeError)]
    [InlineData((FrameType)0x2a, 1, 16385, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.RstStream, 1, 3, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.RstStream, 1, 5, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Settings, 0, 3, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Ping, 0, 6, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.Ping, 0, 9, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.GoAway, 0, 7, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.WindowUpdate, 0, 3, ErrorCode.FrameSizeError)]
    [InlineData(FrameType.WindowUpdate, 1, 5, ErrorCode.FrameSizeError)]
    internal void RefusesWhatIsWrongWithAConnectionError(FrameType type, int streamId, int length, ErrorCode code)
    {
        var error = FrameRules.Check(new FrameHeader(length, type, FrameFlags.None, streamId), FrameHeader.DefaultMaxFrameSize);
        Assert.Equal((code, true), (error.Code, error.EndsConnection));
    }

    [Fact]
    public void AnAcknowledgementOfSettingsIsEmpty()
    {
        Assert.False(FrameRules.Check(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0), FrameHeader.DefaultMaxFrameSize).IsError);
        Assert.Equal(ErrorCode.FrameSizeError, FrameRules.Check(new FrameHeader(6, FrameType.Settings, FrameFlags.Ack, 0), FrameHeader.DefaultMaxFrameSize).Code);
    }
}
