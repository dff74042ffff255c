using System.Runtime.CompilerServices;

namespace Endless.Http.Tests.Documentation;

/// <summary>A block of C# in README.md or docs/*.md.</summary>
/// <param name="Page">The file.</param>
/// <param name="Line">Of its first line of code, from 1.</param>
/// <param name="Code">What it says.</param>
public sealed record Snippet(string Page, int Line, string Code)
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Snippet> All() => Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md").Order(StringComparer.Ordinal).Prepend(Path.Combine(Root(), "README.md")).SelectMany(Of);

    private static IEnumerable<Snippet> Of(string page)
    {
        var lines = File.ReadAllLines(page);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```csharp") continue;
            var end = Array.IndexOf(lines, "```", i);
            yield return new Snippet(Path.GetFileName(page), i + 2, string.Join('\n', lines[(i + 1)..end]));
            i = end;
        }
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath("../..", Path.GetDirectoryName(file)!);
}
