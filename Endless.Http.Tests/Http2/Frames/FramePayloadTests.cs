using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2.Frames;

public class FramePayloadTests
{
    [Theory]
    [InlineData(FrameFlags.None, "0161", "0161")]
    [InlineData(FrameFlags.Padded, "026162630000", "616263")]
    [InlineData(FrameFlags.Padded, "00", "")]
    [InlineData(FrameFlags.Padded, "020000", "")]
    internal void TakesPaddingOff(FrameFlags flags, string payload, string data)
    {
        for (var size = 1; size < 8; size++)
        {
            var octets = Segments.Of(Convert.FromHexString(payload), size);
            Assert.False(FramePayload.Unpad(new FrameHeader((int)octets.Length, FrameType.Data, flags, 1), ref octets).IsError);
            Assert.Equal(data, Convert.ToHexStringLower(octets.ToArray()));
        }
    }

    [Theory]
    [InlineData("", ErrorCode.FrameSizeError)]
    [InlineData("01", ErrorCode.ProtocolError)]
    [InlineData("03aaaa", ErrorCode.ProtocolError)]
    internal void RefusesPaddingThatDoesNotFit(string payload, ErrorCode code)
    {
        var octets = new ReadOnlySequence<byte>(Convert.FromHexString(payload));
        var error = FramePayload.Unpad(new FrameHeader((int)octets.Length, FrameType.Data, FrameFlags.Padded, 1), ref octets);
        Assert.Equal((code, true), (error.Code, error.EndsConnection));
    }

    [Theory]
    [InlineData(FrameFlags.None, "8284", 0, "8284")]
    [InlineData(FrameFlags.Priority, "80000003108284", 3, "8284")]
    [InlineData(FrameFlags.Priority | FrameFlags.Padded, "02000000051082840000", 5, "8284")]
    internal void OpensHeaders(FrameFlags flags, string payload, int dependency, string block)
    {
        var octets = Segments.Of(Convert.FromHexString(payload), 2);
        Assert.False(FramePayload.OpenHeaders(new FrameHeader((int)octets.Length, FrameType.Headers, flags, 1), ref octets, out var read).IsError);
        Assert.Equal((dependency, block), (read, Convert.ToHexStringLower(octets.ToArray())));
    }

    [Theory]
    [InlineData(FrameFlags.Priority, "80000003", ErrorCode.FrameSizeError)]
    [InlineData(FrameFlags.Priority | FrameFlags.Padded, "028000000310", ErrorCode.FrameSizeError)]
    [InlineData(FrameFlags.Padded, "09aa", ErrorCode.ProtocolError)]
    internal void RefusesHeadersThatAreCutShort(FrameFlags flags, string payload, ErrorCode code)
    {
        var octets = new ReadOnlySequence<byte>(Convert.FromHexString(payload));
        Assert.Equal(code, FramePayload.OpenHeaders(new FrameHeader((int)octets.Length, FrameType.Headers, flags, 1), ref octets, out _).Code);
    }

    [Fact]
    public void ReadsSettings()
    {
        var octets = Segments.Of(Convert.FromHexString("00030000006400ff80000000"), 5);
        Assert.Equal(new Setting(SettingId.MaxConcurrentStreams, 100), Setting.Take(ref octets));
        Assert.Equal(new Setting((SettingId)0xff, 0x80000000), Setting.Take(ref octets));
        Assert.True(octets.IsEmpty);
    }
}
