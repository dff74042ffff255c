using Endless.Http.Semantics;

namespace Endless.Http.Handlers.Tests.Semantics;

public sealed class FieldValueTests
{
    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void A_date_is_taken_in_the_three_formats(string text)
    {
        Assert.True(HttpDate.TryParse(text, out var date));
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), date);
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.Format(date));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("Sun, 36 Nov 1994 08:49:37 GMT")]
    [InlineData("1994-11-06T08:49:37Z")]
    public void What_is_no_date_is_refused(string text) => Assert.False(HttpDate.TryParse(text, out _));

    [Theory]
    [InlineData("\"a\"", "\"a\"", true, true)]
    [InlineData("W/\"a\"", "\"a\"", true, false)]
    [InlineData("\"b\", \"a\"", "\"a\"", true, true)]
    [InlineData("\"b\" , W/\"a\"", "\"a\"", true, false)]
    [InlineData("*", null, true, true)]
    [InlineData("\"a", "\"a\"", false, false)]
    [InlineData("a", "a", false, false)]
    [InlineData("\"a,b\"", "\"a,b\"", true, true)]
    [InlineData("\"a\"", null, false, false)]
    public void A_tag_is_found_in_a_list(string line, string? tag, bool weak, bool strong)
    {
        Assert.Equal(weak, EntityTag.IsIn([line], tag, isStrong: false));
        Assert.Equal(strong, EntityTag.IsIn([line], tag, isStrong: true));
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "x")]
    [InlineData("multipart/form-data;charset=\"a;b\"; BOUNDARY=\"x\\\"y z\"", "x\"y z")]
    [InlineData("multipart/form-data; boundary=", null)]
    [InlineData("multipart/form-data; boundary=\"x", null)]
    [InlineData("multipart/form-data; boundary=a; boundary=b", null)]
    [InlineData("multipart/form-data", null)]
    public void A_media_type_has_parameters(string text, string? boundary)
    {
        Assert.True(MediaType.TryParse(text, out var type));
        Assert.True(type.Is("Multipart/Form-Data"));
        Assert.Equal(boundary, type.Parameter("boundary"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("/html")]
    [InlineData("text/ht ml")]
    public void What_is_no_media_type_is_refused(string text) => Assert.False(MediaType.TryParse(text, out _));

    [Theory]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip;q=1, br;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0, gzip", "gzip")]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("identity;q=0, gzip;q=0.1", "gzip")]
    [InlineData("deflate", null)]
    [InlineData("br;q=2", null)]
    [InlineData("X-GZIP", "gzip")]
    [InlineData("", null)]
    public void The_coding_is_the_best_of_those_that_the_client_takes(string line, string? chosen) =>
        Assert.Equal(chosen, AcceptEncoding.Choose([line], ["br", "gzip"]));
}
