using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2.Frames;

public class FrameWriterTests
{
    private readonly FrameWriter _writer = new();

    [Fact]
    public void WritesControlFrames()
    {
        _writer.WriteSettings(new Setting(SettingId.MaxConcurrentStreams, 250), new Setting(SettingId.InitialWindowSize, 65535));
        AssertWritten("00000c0400000000000003000000fa00040000ffff");
        _writer.WriteSettings();
        AssertWritten("000000040000000000");
        _writer.WriteSettingsAck();
        AssertWritten("000000040100000000");
        _writer.WritePing(0x0102030405060708);
        AssertWritten("0000080600000000000102030405060708");
        _writer.WritePing(1, ack: true);
        AssertWritten("0000080601000000000000000000000001");
        _writer.WriteGoAway(int.MaxValue, ErrorCode.EnhanceYourCalm, "no");
        AssertWritten("00000a0700000000007fffffff0000000b6e6f");
        _writer.WriteRstStream(5, ErrorCode.Cancel);
        AssertWritten("00000403000000000500000008");
        _writer.WriteWindowUpdate(0, int.MaxValue);
        AssertWritten("0000040800000000007fffffff");
    }

    [Fact]
    public void WritesDataAndHeaders()
    {
        _writer.WriteData(1, "abc"u8, endStream: false);
        _writer.WriteData(1, [], endStream: true);
        AssertWritten("000003000000000001616263" + "000000000100000001");
        _writer.WriteHeaders(3, [0x88], endStream: true);
        AssertWritten("00000101050000000388");
    }

    [Fact]
    public void ContinuesALargeBlock()
    {
        _writer.WriteHeaders(3, [1, 2, 3, 4, 5], endStream: true, maxFrameSize: 2);
        AssertWritten("0000020101000000030102" + "0000020900000000030304" + "00000109040000000305");
    }

    [Fact]
    public void GrowsAndStartsOver()
    {
        for (var i = 0; i < 1000; i++) _writer.WriteData(1, new byte[100], endStream: false);
        Assert.Equal(109_000, _writer.Length);
        Assert.Equal(109_000, _writer.Written.Length);
        _writer.Clear();
        Assert.True(_writer.Written.IsEmpty);
    }

    private void AssertWritten(string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(_writer.Written.Span));
        _writer.Clear();
    }
}
