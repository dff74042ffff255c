using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2.Hpack;

public class HeaderFieldTests
{
    [Theory]
    [InlineData(":method", "GET", FieldKind.Method)]
    [InlineData(":scheme", "http", FieldKind.Scheme)]
    [InlineData(":path", "/", FieldKind.Path)]
    [InlineData(":authority", "a", FieldKind.Authority)]
    [InlineData(":protocol", "websocket", FieldKind.Protocol)]
    [InlineData("host", "a", FieldKind.Host)]
    [InlineData("cookie", "a=b", FieldKind.Cookie)]
    [InlineData("content-length", "1", FieldKind.ContentLength)]
    [InlineData("expect", "100-continue", FieldKind.Expect)]
    [InlineData("te", "trailers", FieldKind.Regular)]
    [InlineData("x-a!#$%&'*+.^_`|~9", "tab\tand \u00ff", FieldKind.Regular)]
    [InlineData("empty", "", FieldKind.Regular)]
    [InlineData(":status", "200", FieldKind.Malformed)]
    [InlineData(":Method", "GET", FieldKind.Malformed)]
    [InlineData(":", "", FieldKind.Malformed)]
    [InlineData("", "a", FieldKind.Malformed)]
    [InlineData("Upper", "a", FieldKind.Malformed)]
    [InlineData("a:b", "a", FieldKind.Malformed)]
    [InlineData("a b", "a", FieldKind.Malformed)]
    [InlineData("a\u00e9", "a", FieldKind.Malformed)]
    [InlineData("a\0", "a", FieldKind.Malformed)]
    [InlineData("a", "b\r", FieldKind.Malformed)]
    [InlineData("a", "b\nc", FieldKind.Malformed)]
    [InlineData("a", "b\0c", FieldKind.Malformed)]
    [InlineData("a", "\u007f", FieldKind.Malformed)]
    [InlineData("a", " b", FieldKind.Malformed)]
    [InlineData("a", "b\t", FieldKind.Malformed)]
    [InlineData("connection", "close", FieldKind.Malformed)]
    [InlineData("keep-alive", "1", FieldKind.Malformed)]
    [InlineData("proxy-connection", "close", FieldKind.Malformed)]
    [InlineData("transfer-encoding", "chunked", FieldKind.Malformed)]
    [InlineData("upgrade", "h2c", FieldKind.Malformed)]
    [InlineData("te", "trailers, deflate", FieldKind.Malformed)]
    internal void KnowsWhatALineIs(string name, string value, FieldKind kind)
    {
        var field = new HeaderField(name, value);
        Assert.Equal(kind, field.Kind);
        var again = new HeaderField(name, "\n").With(value);
        Assert.Equal((field.Name, field.Value, field.Kind, field.Known), (again.Name, again.Value, again.Kind, again.Known));
    }
}
