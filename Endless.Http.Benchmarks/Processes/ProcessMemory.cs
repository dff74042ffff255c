using System.Globalization;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>What a process holds of the machine's memory, from /proc/PID/smaps_rollup: KiB.</summary>
/// <param name="Resident">All pages that are in memory, those of shared libraries too.</param>
/// <param name="Private">Those of them that no other process has.</param>
/// <param name="Anonymous">Those that no file is behind: heaps, stacks, and what was written of mapped files.</param>
internal readonly record struct ProcessMemory(long Resident, long Private, long Anonymous)
{
    /// <summary>Of several processes together. One that is gone has none.</summary>
    public static ProcessMemory Of(IEnumerable<int> pids)
    {
        long resident = 0, own = 0, anonymous = 0;
        foreach (var pid in pids)
        {
            foreach (var line in Lines(pid))
            {
                if (line.StartsWith("Rss:", StringComparison.Ordinal)) resident += Number(line);
                else if (line.StartsWith("Private_", StringComparison.Ordinal)) own += Number(line);
                else if (line.StartsWith("Anonymous:", StringComparison.Ordinal)) anonymous += Number(line);
            }
        }
        return new(resident, own, anonymous);
    }

    private static string[] Lines(int pid)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long Number(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
