using System.Globalization;
using System.Text;
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
        if (!int.TryParse(processId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0) return false;
        if (Libc.kill(number, 0) != 0 && Errno.Last != Errno.EPERM) return false;
        try
        {
            var status = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{number}/stat"));
            var fields = status[(status.LastIndexOf(')') + 2)..].Split(' '); // from the third on: the second is a name in brackets, which may hold anything
            if (fields[0] is "Z" or "X") return false;
            const int startTime = 19;
            var started = BootTime() + TimeSpan.FromSeconds(long.Parse(fields[startTime], CultureInfo.InvariantCulture) / (double)TicksPerSecond);
            return started <= File.GetLastWriteTimeUtc(file) + Tolerance;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            return true; // it is not to be seen, and it is there
        }
    }

    private static DateTime BootTime()
    {
        const string name = "btime ";
        var line = File.ReadLines("/proc/stat").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return DateTime.UnixEpoch.AddSeconds(long.Parse(line.AsSpan(name.Length), CultureInfo.InvariantCulture));
    }
}
