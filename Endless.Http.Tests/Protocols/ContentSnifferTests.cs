using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Protocols;

/// <summary>The cases of Go's sniff_test.go and of the WHATWG's table.</summary>
public sealed class ContentSnifferTests
{
    [Theory]
    [InlineData("", "text/plain; charset=utf-8")]
    [InlineData("a", "text/plain; charset=utf-8")]
    [InlineData("This is a test", "text/plain; charset=utf-8")]
    [InlineData("\x01\x02\x03", "application/octet-stream")]
    [InlineData("a\0b", "application/octet-stream")]
    [InlineData("a\x1b[0m", "text/plain; charset=utf-8")]
    [InlineData("<HtMl><bOdY>blah", "text/html; charset=utf-8")]
    [InlineData("<HTML", "text/plain; charset=utf-8")]
    [InlineData("   <!DOCTYPE HTML>...", "text/html; charset=utf-8")]
    [InlineData("\n<?xml!", "text/xml; charset=utf-8")]
    [InlineData("<!-- x", "text/html; charset=utf-8")]
    [InlineData("<blink>", "text/plain; charset=utf-8")]
    [InlineData("<a href", "text/html; charset=utf-8")]
    [InlineData("%PDF-1.7", "application/pdf")]
    [InlineData("%!PS-Adobe-3", "application/postscript")]
    [InlineData("\xfe\xff\0t", "text/plain; charset=utf-16be")]
    [InlineData("\xff\xfet\0", "text/plain; charset=utf-16le")]
    [InlineData("\xef\xbb\xbfx", "text/plain; charset=utf-8")]
    [InlineData("\0\0\u0001\0", "image/x-icon")]
    [InlineData("\0\0\u0002\0", "image/x-icon")]
    [InlineData("BMx", "image/bmp")]
    [InlineData("GIF87a", "image/gif")]
    [InlineData("GIF89a...", "image/gif")]
    [InlineData("\x89PNG\x0d\x0a\x1a\x0a", "image/png")]
    [InlineData("\xff\xd8\xff", "image/jpeg")]
    [InlineData("RIFFb\xb8\0\0WEBPVP", "image/webp")]
    [InlineData("RIFFb\xb8\0\0WAVEf", "audio/wave")]
    [InlineData("RIFF,O\n\0AVI LI", "video/avi")]
    [InlineData("RIFF1234none", "text/plain; charset=utf-8")]
    [InlineData("FORM1234AIFF", "audio/aiff")]
    [InlineData("ID3\x03", "audio/mpeg")]
    [InlineData("OggS\0", "application/ogg")]
    [InlineData("MThd\0\0\0\u0006\0", "audio/midi")]
    [InlineData("\x1a\x45\xdf\xa3", "video/webm")]
    [InlineData("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom<\u0006t\u00bfmdat", "video/mp4")]
    [InlineData("\0\0\0\u0018ftyp", "application/octet-stream")]
    [InlineData("\0\u0001\0\0", "font/ttf")]
    [InlineData("OTTO\0", "font/otf")]
    [InlineData("ttcf\0", "font/collection")]
    [InlineData("wOFF\0", "font/woff")]
    [InlineData("wOF2\0", "font/woff2")]
    [InlineData("\x1f\x8b\x08", "application/x-gzip")]
    [InlineData("PK\u0003\u0004", "application/zip")]
    [InlineData("Rar!\x1a\u0007\0", "application/x-rar-compressed")]
    [InlineData("Rar!\x1a\u0007\u0001\0", "application/x-rar-compressed")]
    [InlineData("\0asm\u0001\0\0\0", "application/wasm")]
    public void A_type_is_guessed(string data, string type) => Assert.Equal(type, ContentSniffer.Detect(Encoding.Latin1.GetBytes(data)));

    [Fact]
    public void Only_the_first_512_bytes_count() => Assert.Equal("text/plain; charset=utf-8", ContentSniffer.Detect([.. Enumerable.Repeat((byte)'a', 512), 0]));

    [Fact]
    public void An_embedded_font_is_known_by_its_34th_byte() =>
        Assert.Equal("application/vnd.ms-fontobject", ContentSniffer.Detect([.. new byte[34], (byte)'L', (byte)'P']));
}
