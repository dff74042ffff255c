using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Messages;

/// <summary>Lists in fields (RFC 9110 section 5.6.1), over bytes as received and over strings alike.</summary>
public sealed class FieldListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a,b", "a|b")]
    [InlineData("a, b ,\tc\t", "a|b|c")]
    [InlineData(" a b , c ", "a b|c")]
    [InlineData(",", "|")]
    [InlineData(",a,,b, ", "|a||b|")]
    [InlineData("\"a,b\",c", "\"a,b\"|c")]
    [InlineData("a;q=\"x, y\" , b", "a;q=\"x, y\"|b")]
    [InlineData("\"a\\\",b\",c", "\"a\\\",b\"|c")]  // a quoted-pair: that quote ends nothing
    [InlineData("\"a\\\\\",b", "\"a\\\\\"|b")]      // and this one does, behind a backslash in quotes
    [InlineData("a\\,b", "a\\|b")]                  // no quoted-pair outside quotes
    [InlineData("\"a\"\"b,c\",d", "\"a\"\"b,c\"|d")]
    [InlineData("a,\"b,c", "a|\"b,c")]              // a string without its end
    [InlineData("a,\"b\\", "a|\"b\\")]
    [InlineData("\" a \"", "\" a \"")]
    public void A_list_is_taken_apart_at_the_commas_outside_quoted_strings(string list, string expected)
    {
        Assert.Equal(expected, Join(list, ','));
        Assert.Equal(expected, Join(Encoding.ASCII.GetBytes(list)));
    }

    [Theory]
    [InlineData("text/plain; q=0.5;x=\"a;b\"", "text/plain|q=0.5|x=\"a;b\"")]
    [InlineData("a,b;c", "a,b|c")]
    public void Parameters_are_taken_apart_at_semicolons(string list, string expected) => Assert.Equal(expected, Join(list, ';'));

    [Theory]
    [InlineData("close", true)]
    [InlineData("Keep-Alive, CLOSE", true)]
    [InlineData(", close,", true)]
    [InlineData("closed", false)]
    [InlineData("keep-alive", false)]
    [InlineData("\"x, close, y\"", false)]
    [InlineData("", false)]
    public void A_list_has_an_element_without_case(string list, bool expected) => Assert.Equal(expected, FieldList.Has(list, "close"));

    [Theory]
    [InlineData("100-continue", true, true)]
    [InlineData("100-Continue , 100-continue,", true, true)]
    [InlineData("", true, false)]
    [InlineData(" , ", true, false)]
    [InlineData("100-continue, x", false, true)]
    [InlineData("x", false, false)]
    [InlineData("\"100-continue\"", false, false)]
    public void A_list_has_nothing_but_an_element(string list, bool expected, bool hasIt)
    {
        Assert.Equal(expected, FieldList.HasOnly(Encoding.ASCII.GetBytes(list), "100-continue"u8, out var found));
        Assert.Equal(hasIt, found);
        Assert.Equal(expected, FieldList.HasOnly(list, "100-continue", out found));
        Assert.Equal(hasIt, found);
    }

    private static string Join(string list, char separator)
    {
        var elements = new List<string>();
        foreach (var element in FieldList.Elements(list, separator)) elements.Add(element.ToString());
        return string.Join('|', elements);
    }

    private static string Join(byte[] list)
    {
        var elements = new List<string>();
        foreach (var element in FieldList.Elements((ReadOnlySpan<byte>)list)) elements.Add(Encoding.ASCII.GetString(element));
        return string.Join('|', elements);
    }
}
