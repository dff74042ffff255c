using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Endless.Http.Tests.Architecture;

/// <summary>
/// docs/architecture.md says that each floor of the house uses only the floors below it. Folders are rooms; the compiled code says what they use. Within a room types use each other one way, and none uses
/// more than can be kept in mind.
/// </summary>
public sealed partial class FloorsTests
{
    /// <summary>From the roof down. Rooms of one floor do not use each other.</summary>
    private static readonly string[][] Floors =
    [
        ["Middleware", "OpenApi", "Proxying"],
        ["Sessions", "Streams", "WebSockets"],
        ["Cookies", "Files", "Forms", "Json"],
        ["Server"],
        ["Process"],
        ["Serving"],
        ["Operations", "Supervision", "Control"],
        ["Systemd"],
        ["Generations"],
        ["Routing"],
        ["Pipeline"],
        ["Draining"],
        ["Status"],
        ["HandOver", "Signals", "Spawning"],
        ["Channels"],
        ["Metrics", "Logging"],
        ["Http1", "Http2", "Tls"],
        ["Semantics"],
        ["Sockets"],
        ["Connections"],
        ["Loops"],
        ["Workers"],
        ["Buffers"],
        ["Budgets"],
        ["Native"],
        ["Settings"],
    ];

    private const int MostFiles = 25;
    private const int MostLines = 400;

    internal static readonly string Root = Path.GetFullPath("../../Endless.Http", Path.GetDirectoryName(ThisFile())!);

    private static readonly Dictionary<string, string> PublicRooms = FindPublicRooms();

    [Fact]
    public void A_room_uses_only_rooms_below_it()
    {
        var upward = new HashSet<string>();
        foreach (var type in typeof(EndlessServer).Assembly.GetTypes())
        {
            if (RoomOf(type) is not { } from) continue; // the compiler's own
            foreach (var used in TypeUses.Of(type))
                if (RoomOf(used) is { } to && from != to && FloorOf(to) <= FloorOf(from)) upward.Add($"{from}/{TypeUses.Outermost(type).Name} uses {to}/{used.Name}");
        }
        AssertNone(upward);
    }

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Equal(
            Floors.SelectMany(floor => floor).Order(StringComparer.Ordinal),
            Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal));

    [Fact]
    public void No_folder_has_more_than_25_files_of_its_own()
    {
        var crowded = Files().CountBy(file => Path.GetDirectoryName(file)!).Where(folder => folder.Value > MostFiles);
        AssertNone(crowded.Select(folder => $"{Path.GetRelativePath(Root, folder.Key)} has {folder.Value}"));
    }

    [Fact]
    public void No_file_has_more_than_400_lines() =>
        AssertNone(Files().Where(file => File.ReadLines(file).Count() > MostLines).Select(file => Path.GetRelativePath(Root, file)));

    /// <summary>The folder, right below the library's, that a type is declared in: internal types are in its namespace, public ones in the library's own.</summary>
    internal static string? RoomOf(Type type)
    {
        type = TypeUses.Outermost(type);
        var space = type.Namespace ?? "";
        if (space.StartsWith("Endless.Http.", StringComparison.Ordinal)) return space.Split('.')[2];
        return PublicRooms.GetValueOrDefault(type.Name);
    }

    private static int FloorOf(string room) => Array.FindIndex(Floors, floor => floor.Contains(room));

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories).Where(file => Path.GetRelativePath(Root, file).Split('/')[0] is not ("bin" or "obj"));

    /// <summary>Every type of a room, with all that is nested in it, and the others that it uses.</summary>
    private static Dictionary<Type, HashSet<Type>> FindUses() =>
        (from type in typeof(EndlessServer).Assembly.GetTypes()
         group type by TypeUses.Outermost(type) into whole
         where RoomOf(whole.Key) != null
         select whole).ToDictionary(
            whole => whole.Key,
            whole => whole.SelectMany(TypeUses.Of).Select(used => used.IsGenericType ? used.GetGenericTypeDefinition() : used).Where(used => used != whole.Key && RoomOf(used) != null).ToHashSet());

    /// <summary>Fails with all of them, a line each: an assertion on a collection shows the first few.</summary>
    private static void AssertNone(IEnumerable<string> wrong)
    {
        var lines = wrong.Order(StringComparer.Ordinal).ToList();
        Assert.True(lines.Count == 0, string.Join('\n', lines));
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static Dictionary<string, string> FindPublicRooms()
    {
        var rooms = new Dictionary<string, string>();
        foreach (var file in Files())
        {
            var path = Path.GetRelativePath(Root, file).Split('/');
            var text = File.ReadAllText(file);
            if (!text.Contains("namespace Endless.Http;", StringComparison.Ordinal)) continue;
            foreach (Match declaration in Declaration().Matches(text))
            {
                var parameters = declaration.Groups[2].Value;
                var name = declaration.Groups[1].Value + (parameters.Length == 0 ? "" : "`" + parameters.Split(',').Length);
                rooms[name] = path.Length == 1 ? "." : path[0];
            }
        }
        return rooms;
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    // Namespaces are file-scoped, so a type that is not nested begins its line.
    [GeneratedRegex(@"^(?:public|internal)(?: \w+)* (?:class|struct|interface|enum|record|delegate [\w<>?\[\]]+) (\w+)(?:<([^>]+)>)?", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
