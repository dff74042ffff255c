using Endless.Http.Semantics;

namespace Endless.Http.Tests.Messages;

public sealed class HeaderTests
{
    private static string Text(Header header) => string.Join(' ', header.Select(f => f.Key + "=" + f.Value));

    [Fact]
    public void Lines_keep_their_order_and_names_compare_without_case()
    {
        Header header = [];
        header.Add("A", "1");
        header.Add("b", "2");
        header.Add("a", "3");
        Assert.Equal("A=1 b=2 a=3", Text(header));
        Assert.Equal(3, header.Count);
        Assert.Equal("1", header["a"]);
        Assert.Equal(["1", "3"], header.Values("A"));
        Assert.Null(header.Get("c"));
        Assert.Empty(header.Values("c"));
        header.Set("a", "4");
        Assert.Equal("b=2 a=4", Text(header));
        Assert.True(header.Remove("B"));
        Assert.False(header.Remove("B"));
        header.Clear();
        Assert.Equal(0, header.Count);
        Assert.Equal("", Text(header));
    }

    [Fact]
    public void Suppress_removes_a_field_and_notes_it()
    {
        var lines = new FieldLines();
        var header = new Header(lines, request: null);
        header["Date"] = "x";
        header.Suppress("Date");
        Assert.Equal(0, header.Count);
        Assert.Null(header["Date"]);
        Assert.Empty(header);
        Assert.True(lines.Fields[0].IsSuppressed);
        header["Date"] = "y";
        Assert.Equal("Date=y", Text(header));
        header.Suppress("Date");
        Assert.False(header.Remove("Date"));
        Assert.True(lines.Fields.IsEmpty);
    }

    [Fact]
    public void Null_is_no_value_and_the_message_says_what_to_call()
    {
        Header header = [];
        header["A"] = "1";
        foreach (var set in new Action[] { () => header["A"] = null!, () => header.Set("A", null!), () => header.Add("A", null!) })
            Assert.Contains("Remove(\"A\")", Assert.Throws<ArgumentNullException>(set).Message, StringComparison.Ordinal);
        Assert.Equal("A=1", Text(header));
        Assert.Throws<ArgumentException>(() => header.Suppress("a b"));
    }

    [Fact]
    public void A_snapshot_stays_as_it_is()
    {
        var lines = new FieldLines();
        var header = new Header(lines, request: null);
        header.Add("A", "1");
        header.Add("B", "2");
        var snapshot = lines.Snapshot();
        header.Remove("A");
        header.Add("C", "3");
        Assert.Equal("B=2 C=3", Text(header));
        Assert.Equal(["A", "B"], snapshot.ToArray().Select(f => f.Name));
        var second = lines.Snapshot();
        header.Clear();
        header.Add("D", "4");
        Assert.Equal("D=4", Text(header));
        Assert.Equal(["B", "C"], second.ToArray().Select(f => f.Name));
    }

    [Fact]
    public void Slices_become_strings_when_asked_for()
    {
        var lines = new FieldLines();
        var header = new Header(lines, request: null);
        var bytes = "Name:value\u00e9"u8.ToArray();
        lines.Attach(bytes);
        lines.AddSlice(0, 4, 5, 5, default);
        Assert.Equal("value", header["name"]);
        Assert.Equal("value", header["NAME"]);
        Assert.Null(header["nam"]);
        Assert.Equal("Name=value", Text(header));
        header.Set("name", "x");
        Assert.Equal("name=x", Text(header));
    }

    [Theory]
    [InlineData("remove")]
    [InlineData("add")]
    [InlineData("set")]
    [InlineData("set another")]
    [InlineData("suppress")]
    [InlineData("clear")]
    public void A_change_while_it_is_enumerated_ends_the_enumeration(string change)
    {
        Header header = [];
        foreach (var name in "ABCDE") header.Add(name.ToString(), "1");
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var (name, _) in header)
            {
                switch (change)
                {
                    case "remove": header.Remove(name); break;
                    case "add": header.Add("F", "1"); break;
                    case "set": header.Set(name, "2"); break;
                    case "set another": header.Set("F", "2"); break;
                    case "suppress": header.Suppress(name); break;
                    case "clear": header.Clear(); break;
                }
            }
        });
    }

    [Fact]
    public void A_change_ends_an_enumeration_through_the_interface_too()
    {
        Header header = [];
        header.Add("A", "1");
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var _ in (IEnumerable<KeyValuePair<string, string>>)header) header.Add("B", "2");
        });
    }

    [Fact]
    public void A_copy_may_be_enumerated_while_the_section_changes()
    {
        Header header = [];
        foreach (var name in "ABCDE") header.Add(name.ToString(), "1");
        foreach (var (name, _) in header.ToArray()) header.Remove(name);
        Assert.Empty(header);
    }

    [Theory]
    [InlineData("\u00e9\u00ff\t!~", true)]
    [InlineData("", true)]
    [InlineData("\u0100", false)]
    [InlineData("\u001f", false)]
    [InlineData("\u007f", false)]
    [InlineData("\u0085", true)]
    [InlineData("a\r\n", false)]
    public void A_value_is_one_line_of_ISO_8859_1(string value, bool isValid)
    {
        Header header = [];
        if (isValid) header.Set("X", value);
        else Assert.Throws<ArgumentException>(() => header.Set("X", value));
        Assert.Equal(isValid ? 1 : 0, header.Count);
    }

    [Theory]
    [InlineData("Trailer:X", true)]
    [InlineData("Trailer:", false)]
    [InlineData("Trailer:X:Y", false)]
    [InlineData("X:Y", false)]
    [InlineData("!#$%&'*+-.^_`|~aZ09", true)]
    public void A_name_is_a_token_or_a_trailer_key(string name, bool isValid)
    {
        Header header = [];
        if (isValid) header.Add(name, "");
        else Assert.Throws<ArgumentException>(() => header.Add(name, ""));
    }
}
