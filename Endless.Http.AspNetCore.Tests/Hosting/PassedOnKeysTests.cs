using System.Xml;
using System.Xml.Linq;
using Endless.Http.AspNetCore.Hosting.DataProtection;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Keys of two generations, which both make some.</summary>
public sealed class PassedOnKeysTests
{
    private static XElement Key(string id) => new("key", new XAttribute("id", id), new XElement("descriptor", "secret of " + id));

    private static IEnumerable<string> Ids(PassedOnKeys keys) => keys.GetAllElements().Select(element => (string?)element.Attribute("id") ?? element.Value).Order();

    [Fact]
    public void What_the_generation_before_leaves_is_merged_with_what_there_is()
    {
        var old = new PassedOnKeys();
        old.StoreElement(Key("a"), "key-a");
        var young = new PassedOnKeys();
        young.Merge(old.ToBytes());
        young.StoreElement(Key("b"), "key-b");
        old.StoreElement(Key("c"), "key-c");
        old.StoreElement(new XElement("revocation", "all before noon"), "revocation");
        young.Merge(old.ToBytes());
        young.Merge(old.ToBytes());
        Assert.Equal(["a", "all before noon", "b", "c"], Ids(young));
        Assert.Equal("secret of c", young.GetAllElements().Single(element => (string?)element.Attribute("id") == "c").Element("descriptor")!.Value);
    }

    [Fact]
    public void What_is_changed_outside_changes_nothing_here()
    {
        var keys = new PassedOnKeys();
        var key = Key("a");
        keys.StoreElement(key, "key-a");
        key.RemoveNodes();
        keys.GetAllElements().Single().RemoveNodes();
        Assert.NotNull(keys.GetAllElements().Single().Element("descriptor"));
    }

    [Fact]
    public void What_cannot_be_read_is_refused_and_what_there_is_stays()
    {
        var keys = new PassedOnKeys();
        keys.StoreElement(Key("a"), "key-a");
        Assert.Throws<XmlException>(() => keys.Merge("nonsense"u8.ToArray()));
        keys.Merge(default);
        Assert.Equal(["a"], Ids(keys));
    }
}
