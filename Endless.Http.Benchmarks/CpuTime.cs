using System.Globalization;

namespace Endless.Http.Benchmarks;

/// <summary>CPU time of a process, user and system, all threads, living or not (proc(5): utime and stime of /proc/PID/stat).</summary>
internal static class CpuTime
{
    /// <summary>USER_HZ, what the kernel counts in towards user space: 100 on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static TimeSpan Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from field 3 on: the name before it may hold anything
        return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
