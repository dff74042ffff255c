using System.Globalization;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Control;

/// <summary>The process that is named in a pid file, where no lock tells whether it still holds the file.</summary>
internal static class WritingProcess
{
    /// <summary>sysconf(_SC_CLK_TCK), which is the same on every Linux that .NET runs on.</summary>
    private const long TicksPerSecond = 100;

    /// <summary>/proc/stat has the time of the boot in seconds, and a file system its times to a timer's tick.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>The process lives and is not one that got the pid later: it ran when the file was written.</summary>
    internal static bool Lives(string processId, SafeFileHandle file)
    {
        if (!int.TryParse(processId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0 || !ProcessStat.Lives(number)) return false;
        try
        {
            if (ProcessStat.Of(number) is not { } stat) return true; // it is not to be seen, and it is there
            return BootTime() + TimeSpan.FromSeconds(stat.StartTime / (double)TicksPerSecond) <= File.GetLastWriteTimeUtc(file) + Tolerance;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return true; // no time to compare: it is there
        }
    }

    private static DateTime BootTime()
    {
        const string name = "btime ";
        var line = File.ReadLines("/proc/stat").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return DateTime.UnixEpoch.AddSeconds(long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture));
    }
}
