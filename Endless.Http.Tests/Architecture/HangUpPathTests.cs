namespace Endless.Http.Tests.Architecture;

/// <summary>docs/architecture.md, "The way of a SIGHUP": five rooms, each read once, in files that fit a few screens, and no class that needs a dozen and more to be understood.</summary>
/// <remarks>
/// Everything in the rooms counts, whether a SIGHUP comes by or not. A class is what it is with all that is nested in it. It uses the library's classes, interfaces and structs that its code names
/// (<see cref="TypeUses"/>); enums and records do not count: they are data (events, actions, states, messages), read where they are used. Nor does what the compiler makes.
/// </remarks>
public sealed class HangUpPathTests
{
    private const int MostLines = 200;
    private const int MostUses = 12;

    /// <summary>In the order in which they are read. The floors of the house, from the second on; the signal comes from below, by the one callback of its dispatcher.</summary>
    private static readonly string[] Rooms = ["Signals", "Generations", "Spawning", "HandOver", "Channels"];

    /// <summary>Where the rooms meet that callback: who makes the dispatcher, what each signal is to the machine, and the hooks that servers have for it.</summary>
    private static readonly string[] KnowSignals = ["GenerationMembers", "GenerationSignals", "IGenerationMember", "SignalEvents"];

    [Fact]
    public void No_file_on_the_way_of_a_SIGHUP_has_more_than_200_lines()
    {
        var files = Rooms.SelectMany(room => Directory.GetFiles(Path.Combine(FloorsTests.Root, room), "*.cs", SearchOption.AllDirectories)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.InRange(File.ReadLines(file).Count(), 1, MostLines));
    }

    [Fact]
    public void No_class_on_the_way_of_a_SIGHUP_uses_more_than_12_others()
    {
        var tooMany = Classes().Select(one => (one.Type.Name, Used: one.Used.Where(used => !TypeUses.IsData(used)).Select(used => used.Name).Order(StringComparer.Ordinal).ToList()))
            .Where(one => one.Used.Count > MostUses).Select(one => $"{one.Name} uses {one.Used.Count}: {string.Join(", ", one.Used)}").ToList();
        Assert.True(tooMany.Count == 0, string.Join('\n', tooMany));
    }

    [Fact]
    public void The_way_of_a_SIGHUP_leads_from_room_to_room_and_never_back()
    {
        var back = new SortedSet<string>(StringComparer.Ordinal);
        var knowSignals = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (type, room, uses) in Classes())
            foreach (var used in uses)
                if (Array.IndexOf(Rooms, FloorsTests.RoomOf(used)) is >= 0 and var to && to < Array.IndexOf(Rooms, room))
                    _ = (room, to) == ("Generations", 0) ? knowSignals.Add(type.Name) : back.Add($"{room}/{type.Name} uses {Rooms[to]}/{used.Name}");
        Assert.True(back.Count == 0, string.Join('\n', back));
        Assert.Equal(KnowSignals, knowSignals);
    }

    private static IEnumerable<(Type Type, string Room, List<Type> Used)> Classes() =>
        from type in typeof(EndlessServer).Assembly.GetTypes()
        group type by TypeUses.Outermost(type) into whole
        let room = FloorsTests.RoomOf(whole.Key)
        where Rooms.Contains(room)
        select (whole.Key, room, whole.SelectMany(TypeUses.Of).Distinct().Where(used => used != whole.Key && FloorsTests.RoomOf(used) != null).ToList());
}
