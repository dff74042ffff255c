using System.Globalization;
using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>The processes of the foreground job that are generations after its first process.</summary>
/// <param name="proc">Where proc(5) is: <c>/proc</c>.</param>
/// <param name="first">The first process.</param>
internal sealed class JobProcesses(string proc, int first)
{
    private static readonly byte[] Mark = "\0ENDLESS_CONTINUE=1\0"u8.ToArray();

    private readonly ProcessStat _first = ProcessStat.In($"{proc}/{first}")!.Value;
    private readonly byte[] _arguments = File.ReadAllBytes($"{proc}/{first}/cmdline");

    /// <summary>The living generations after the first, the oldest first: what its process group has of programs with its arguments that continue another.</summary>
    internal List<(int Id, long StartTime)> Generations()
    {
        var found = new List<(int Id, long StartTime)>();
        foreach (var (id, stat) in Group())
            if (Continues($"{proc}/{id}")) found.Add((id, stat.StartTime));
        found.Sort((a, b) => a.StartTime.CompareTo(b.StartTime));
        return found;
    }

    /// <summary>Children of the first process, by birth or since their parent's end, that have ended or are about to, and that nobody has reaped.</summary>
    /// <remarks>
    /// What is left of them bears this program's name. Race: not zombies alone. The environment, by which a generation is known, is gone before it is a zombie
    /// (exit_mm and exit_notify in the kernel), and one killed then would be overlooked.
    /// </remarks>
    internal List<(int Id, long StartTime)> Ending()
    {
        var found = new List<(int Id, long StartTime)>();
        foreach (var (id, stat) in Group())
            if (stat.IsEnding && stat.Parent == first && stat.Name == _first.Name) found.Add((id, stat.StartTime));
        return found;
    }

    /// <summary>The other processes of the first one's group.</summary>
    private IEnumerable<(int Id, ProcessStat Stat)> Group()
    {
        foreach (var directory in Directory.EnumerateDirectories(proc))
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) && id != first &&
                ProcessStat.In(directory) is { } stat && stat.ProcessGroup == _first.ProcessGroup)
                yield return (id, stat);
    }

    private bool Continues(string directory)
    {
        try
        {
            byte[] environment = [0, .. File.ReadAllBytes($"{directory}/environ")]; // empty once it has ended
            return environment.AsSpan().IndexOf(Mark) >= 0 && File.ReadAllBytes($"{directory}/cmdline").AsSpan().SequenceEqual(_arguments);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
