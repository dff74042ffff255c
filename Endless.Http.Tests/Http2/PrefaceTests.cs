using Endless.Http.Http2;
using Endless.Http.Tests.Http2.Frames;

namespace Endless.Http.Tests.Http2;

public class PrefaceTests
{
    [Fact]
    public void IsRecognizedWhateverTheSegmentation()
    {
        var octets = Preface.Octets.ToArray();
        Assert.Equal(Preface.Length, octets.Length);
        for (var size = 1; size <= octets.Length; size++)
        {
            for (var length = 0; length < octets.Length; length++) Assert.Null(Preface.Recognize(Segments.Of(octets.AsMemory(0, length), size)));
            Assert.True(Preface.Recognize(Segments.Of(octets, size)));
            Assert.True(Preface.Recognize(Segments.Of((byte[])[.. octets, 0, 0], size)));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("P0")]
    [InlineData("PROPFIND / HTTP/1.1")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX")]
    [InlineData("PRI * HTTP/1.1\r\n\r\n")]
    public void AnythingElseIsNot(string text) => Assert.False(Preface.Recognize(Segments.Of(System.Text.Encoding.ASCII.GetBytes(text), 2)));
}
