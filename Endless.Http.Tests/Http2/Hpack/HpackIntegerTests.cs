using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2.Hpack;

public class HpackIntegerTests
{
    [Theory] // RFC 7541 appendix C.1
    [InlineData(5, 10, "0a")]
    [InlineData(5, 1337, "1f9a0a")]
    [InlineData(8, 42, "2a")]
    [InlineData(5, 31, "1f00")]
    [InlineData(7, 127, "7f00")]
    [InlineData(4, int.MaxValue, "0ff0ffffff07")]
    public void WritesAndReadsTheExamples(int prefixBits, int value, string hex)
    {
        var octets = new byte[HpackInteger.MaxOctets];
        var count = HpackInteger.Write(octets, 0, prefixBits, value);
        Assert.Equal(hex, Convert.ToHexStringLower(octets, 0, count));
        var position = 0;
        Assert.True(HpackInteger.TryRead(octets.AsSpan(0, count), ref position, prefixBits, out var read));
        Assert.Equal((value, count), (read, position));
    }

    [Fact]
    public void KeepsTheBitsAboveThePrefix()
    {
        var octets = new byte[HpackInteger.MaxOctets];
        HpackInteger.Write(octets, 0x40, 6, 61);
        Assert.Equal(0x7d, octets[0]);
        var position = 0;
        Assert.True(HpackInteger.TryRead(octets, ref position, 6, out var read));
        Assert.Equal(61, read);
    }

    [Fact]
    public void RoundTripsAroundEveryPowerOfTwo()
    {
        var octets = new byte[HpackInteger.MaxOctets];
        for (var prefixBits = 4; prefixBits <= 8; prefixBits++)
        {
            for (var bit = 0; bit < 31; bit++)
            {
                for (var delta = -1; delta <= 1; delta++)
                {
                    var value = (1L << bit) + delta;
                    if (value is < 0 or > int.MaxValue) continue;
                    var count = HpackInteger.Write(octets, 0, prefixBits, (int)value);
                    var position = 0;
                    Assert.True(HpackInteger.TryRead(octets.AsSpan(0, count), ref position, prefixBits, out var read));
                    Assert.Equal(((int)value, count), (read, position));
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1f")]
    [InlineData("1f9a")]
    [InlineData("1fffffffff08")] // above 2^31-1
    [InlineData("1f808080808000")] // drawn out with zeros
    [InlineData("1fffffffffffffffff7f")]
    public void RefusesWhatIsCutShortOrTooLarge(string hex)
    {
        var position = 0;
        Assert.False(HpackInteger.TryRead(Convert.FromHexString(hex), ref position, 5, out _));
    }
}
