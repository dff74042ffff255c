namespace Endless.Http.Tests.Architecture;

public sealed partial class FloorsTests
{
    private const int MostUses = 15;

    /// <summary>Classes that use more, and why they may. Whoever makes one smaller takes its line away.</summary>
    private static readonly Dictionary<string, string> AllowedFanOut = new()
    {
        ["Http1/Http1Exchange"] = "one request of HTTP/1 from its head to its end, one more than the others",
        ["Http2/Http2Connection"] = "makes the parts of a connection and joins them; what they do is theirs",
        ["Loops/EventLoop"] = "epoll, posted work, deadlines and threads meet in it, in an order that a reader must see in one place",
        ["Middleware/Middleware"] = "one method for each middleware that comes with the server, which makes a handler of its own and uses no other's",
        ["Process/ProcessComposition"] = "the only place where a generation meets those who are told of it",
        ["Semantics/Request"] = "what a handler sees of a message is one object, each part of it a type",
        ["Semantics/ServerResponse"] = "the rules of a response that hold for both protocols, in the order in which they apply",
        ["Server/EndlessServer"] = "the settings of a server and its verbs: each is of a type of its own",
        ["Server/ServedConnections"] = "what a server does with a connection as it comes and goes, which is a call to each of those who are told",
        ["Server/ServerLife"] = "the parts of a server meet in it, in the order in which they begin and end",
        ["Serving/RestartRehearsal"] = "plays a whole restart through, from one end to the other",
    };

    /// <summary>Data does not count: <see cref="TypeUses.IsData"/>.</summary>
    [Fact]
    public void No_class_uses_more_than_15_others()
    {
        var found = FindUses().Select(one => (Name: $"{RoomOf(one.Key)}/{NameOf(one.Key)}", Used: one.Value.Where(used => !TypeUses.IsData(used)).Select(NameOf).Order(StringComparer.Ordinal).ToList()))
            .Where(one => one.Used.Count > MostUses).ToList();
        var isNew = found.Where(one => !AllowedFanOut.ContainsKey(one.Name)).Select(one => $"{one.Name} uses {one.Used.Count}: {string.Join(", ", one.Used)}");
        var isGone = AllowedFanOut.Keys.Except(found.Select(one => one.Name)).Select(name => $"{name} uses no more than {MostUses}");
        AssertNone(isNew.Concat(isGone));
    }
}
