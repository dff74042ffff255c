namespace Endless.Http.Tests.Messages;

public sealed class UrlValuesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a=1&b=2&a=3", "a=1 b=2 a=3")]
    [InlineData("a", "a=")]
    [InlineData("a=", "a=")]
    [InlineData("=1", "=1")]
    [InlineData("&&a=1&", "a=1")]
    [InlineData("a+b=c+d", "a b=c d")]
    [InlineData("a%20b=%C3%A9%2b", "a b=\u00e9+")]
    [InlineData("a=b=c", "a=b=c")]
    [InlineData("a=%zz&b=1", "b=1")]
    [InlineData("a=%4&b=%", "")]
    [InlineData("a;b=1&c=2", "c=2")]
    [InlineData("a=%ff", "a=\ufffd")]
    [InlineData("a%20\ud83d\ude00=%20\ud83d\ude00\u00e9", "a \ud83d\ude00= \ud83d\ude00\u00e9")]
    [InlineData("a=\ud83d\ude00+\ud83d\ude00%F0%9F%98%80", "a=\ud83d\ude00 \ud83d\ude00\ud83d\ude00")]
    public void A_query_is_taken_apart(string query, string expected) =>
        Assert.Equal(expected, string.Join(' ', UrlValues.Parse(query).Select(p => p.Key + "=" + p.Value)));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal(" \ufffd \ufffd", UrlValues.Parse("a=%20\ud83d%20\ude00")["a"]);

    [Fact]
    public void Keys_compare_with_case()
    {
        var values = UrlValues.Parse("a=1&A=2&a=3");
        Assert.Equal("1", values["a"]);
        Assert.Equal("2", values.Get("A"));
        Assert.Equal(["1", "3"], values.Values("a"));
        Assert.Null(values["b"]);
        Assert.True(values.Has("A"));
        Assert.False(values.Has("b"));
        Assert.Equal(3, values.Count);
    }
}
