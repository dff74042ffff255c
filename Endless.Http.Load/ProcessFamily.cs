using System.Globalization;
using System.Text;
using Mono.Unix.Native;

namespace Endless.Http.Load;

/// <summary>
/// A process and all its descendants, even those whose parent is gone: each inherits a mark in its environment, and the mark is
/// looked for in /proc. So only processes that this program started can ever be met, or ended, by it.
/// </summary>
public sealed class ProcessFamily
{
    private const string Variable = "ENDLESS_LOAD_FAMILY";

    private readonly byte[] _mark;

    public ProcessFamily()
    {
        var name = Guid.NewGuid().ToString("N");
        Environment = new(Variable, name);
        _mark = Encoding.ASCII.GetBytes($"{Variable}={name}\0");
    }

    /// <summary>The variable to start the first process with.</summary>
    public KeyValuePair<string, string> Environment { get; }

    /// <summary>The living members, oldest number first.</summary>
    public IReadOnlyList<int> Pids()
    {
        var pids = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Contains(pid))
                pids.Add(pid);
        pids.Sort();
        return pids;
    }

    /// <summary>The process lives and is one of the family. A zombie has no environment any more and counts as gone.</summary>
    public bool Contains(int pid)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or somebody else's
        }
    }

    /// <summary>Nothing is left of a process that was one of the family but, at most, a zombie: its descriptors are closed.</summary>
    /// <remarks>A process that is killed gives back its memory first, with it its environment, then each thread lets go of the descriptors: the kernel's do_exit.</remarks>
    public bool IsGone(int pid)
    {
        if (Contains(pid)) return false;
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X' && Directory.GetDirectories($"/proc/{pid}/task").Length == 1;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Kills the whole family and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        await Deadline.UntilAsync(
            () =>
            {
                var pids = Pids();
                foreach (var pid in pids) Syscall.kill(pid, Signum.SIGKILL);
                return pids.Count == 0;
            },
            "the server's processes are gone");
    }
}
