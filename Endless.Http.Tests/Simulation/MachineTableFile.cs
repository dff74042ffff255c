using System.Runtime.CompilerServices;

namespace Endless.Http.Tests.Simulation;

/// <summary>The table as it stands in docs/restart.md.</summary>
internal static class MachineTableFile
{
    /// <summary>What is there between the marks.</summary>
    public static string Read()
    {
        var text = File.ReadAllText(Page());
        var (from, to) = Between(text);
        return text[from..to];
    }

    public static void Write()
    {
        var text = File.ReadAllText(Page());
        var (from, to) = Between(text);
        File.WriteAllText(Page(), text[..from] + MachineTable.Make() + text[to..]);
        Console.WriteLine($"{Page()} has the machine's table.");
    }

    private static (int From, int To) Between(string text)
    {
        var from = text.IndexOf(MachineTable.Begin, StringComparison.Ordinal);
        var to = text.IndexOf(MachineTable.End, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new InvalidDataException($"docs/restart.md has no {MachineTable.Begin} with a {MachineTable.End} after it.");
        return (from + MachineTable.Begin.Length, to);
    }

    private static string Page([CallerFilePath] string file = "") => Path.GetFullPath("../../docs/restart.md", Path.GetDirectoryName(file)!);
}
