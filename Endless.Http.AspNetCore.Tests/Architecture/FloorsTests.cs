using System.Runtime.CompilerServices;
using Endless.Http.Tests.Architecture;
using Microsoft.AspNetCore.Hosting;

namespace Endless.Http.AspNetCore.Tests.Architecture;

/// <summary>The package's own floors, as docs/architecture.md draws them: each room uses only rooms below it. Folders are rooms; the compiled code says what they use.</summary>
public sealed class FloorsTests
{
    /// <summary>From the roof down.</summary>
    private static readonly string[] Floors = ["Hosting", "Configuration", "Metrics", "Serving", "Features", "Bodies", "Headers", "Connections"];

    private static readonly string Root = Path.GetFullPath("../../Endless.Http.AspNetCore", Path.GetDirectoryName(ThisFile())!);

    [Fact]
    public void A_room_uses_only_rooms_below_it()
    {
        var upward = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in typeof(EndlessWebHostBuilderExtensions).Assembly.GetTypes())
        {
            if (FloorOf(type) is not (>= 0 and var from)) continue;
            foreach (var used in TypeUses.Of(type))
                if (FloorOf(used) is >= 0 and var to && to < from) upward.Add($"{Floors[from]}/{TypeUses.Outermost(type).Name} uses {Floors[to]}/{used.Name}");
        }
        Assert.Empty(upward);
    }

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Equal(
            Floors.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal));

    [Fact]
    public void Folders_and_files_can_be_taken_in()
    {
        var files = Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories).Where(static file => Path.GetRelativePath(Root, file).Split('/')[0] is not ("bin" or "obj")).ToList();
        Assert.DoesNotContain(files.CountBy(static file => Path.GetDirectoryName(file)!), static folder => folder.Value > 25);
        Assert.DoesNotContain(files, static file => File.ReadLines(file).Count() > 400);
    }

    private static int FloorOf(Type type)
    {
        var space = TypeUses.Outermost(type).Namespace ?? "";
        return space.StartsWith("Endless.Http.AspNetCore.", StringComparison.Ordinal) ? Array.IndexOf(Floors, space.Split('.')[3]) : -1;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
