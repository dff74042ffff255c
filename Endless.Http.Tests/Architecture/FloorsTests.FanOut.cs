namespace Endless.Http.Tests.Architecture;

public sealed partial class FloorsTests
{
    private const int MostUses = 15;

    /// <summary>Classes that use more, and why they may. Whoever makes one smaller takes its line away.</summary>
    private static readonly Dictionary<string, string> AllowedFanOut = new()
    {
        ["Http1/Http1Connection"] = "not looked at yet",
        ["Http1/Http1Exchange"] = "not looked at yet",
        ["Http2/FrameReceiver"] = "not looked at yet",
        ["Http2/Http2Connection"] = "not looked at yet",
        ["Http2/Http2Response"] = "not looked at yet",
        ["Http2/Http2Stream"] = "not looked at yet",
        ["Loops/EventLoop"] = "epoll, posted work, deadlines and threads meet in it, in an order that a reader must see in one place",
        ["Server/EndlessServer"] = "not looked at yet",
        ["Server/RestartRehearsal"] = "not looked at yet",
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
