using System.Text;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2.Hpack;

public class HuffmanTests
{
    [Theory] // RFC 7541 appendices C.4 and C.6
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")]
    [InlineData("no-cache", "a8eb10649cbf")]
    [InlineData("custom-key", "25a849e95ba97d7f")]
    [InlineData("custom-value", "25a849e95bb8e8b4bf")]
    [InlineData("302", "6402")]
    [InlineData("private", "aec3771a4b")]
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")]
    [InlineData("https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3")]
    [InlineData("foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    [InlineData("", "")]
    public void CodesTheExamples(string text, string hex)
    {
        Assert.Equal(hex, Convert.ToHexStringLower(Encode(text)));
        Assert.Equal(text, Decode(Convert.FromHexString(hex)));
    }

    [Fact]
    public void CodeIsCompleteAndPrefixFree()
    {
        // Kraft's sum over all 257 codes is exactly one.
        var sum = 0L;
        foreach (var length in HuffmanCode.Lengths) sum += 1L << (HuffmanCode.MaxLength - length);
        Assert.Equal(1L << HuffmanCode.MaxLength, sum);
        Assert.Equal(0x3fffffffu, HuffmanCode.Codes[HuffmanCode.Eos]);
    }

    [Fact]
    public void EveryPairOfOctetsRoundTrips()
    {
        for (var a = 0; a < 256; a++)
        {
            for (var b = 0; b < 256; b++)
            {
                var text = new string([(char)a, (char)b]);
                Assert.Equal(text, Decode(Encode(text)));
            }
        }
    }

    [Fact]
    public void RandomStringsRoundTrip()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var octets = new byte[random.Next(200)];
            random.NextBytes(octets);
            var text = Encoding.Latin1.GetString(octets);
            Assert.Equal(text, Decode(Encode(text)));
        }
    }

    [Theory]
    [InlineData("ff")] // eight bits of padding
    [InlineData("1fff")] // "a", eleven bits of padding
    [InlineData("1fffffff")]
    [InlineData("00")] // "0" and three zeros
    [InlineData("18")] // "a" padded with zeros
    [InlineData("1e")] // "a" padded with 110
    [InlineData("ffffffff")] // 32 ones: the end-of-string symbol and padding
    [InlineData("fffffffc")] // the end-of-string symbol, then zeros
    [InlineData("1fffffffff")] // "a", the end-of-string symbol, padding
    [InlineData("52bc30ffffffff")]
    [InlineData("fffe")] // cut short within a code
    [InlineData("ffff")]
    public void RefusesBadPaddingAndEndOfString(string hex) => Assert.Null(Decode(Convert.FromHexString(hex)));

    private static byte[] Encode(string text)
    {
        var octets = new byte[HuffmanEncoder.EncodedLength(text)];
        Assert.Equal(octets.Length, HuffmanEncoder.Encode(text, octets));
        return octets;
    }

    private static string? Decode(byte[] octets)
    {
        var text = new byte[HuffmanDecoder.MaxDecodedLength(octets.Length)];
        return HuffmanDecoder.TryDecode(octets, text, out var written) ? Encoding.Latin1.GetString(text, 0, written) : null;
    }
}
