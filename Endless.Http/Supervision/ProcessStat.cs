using System.Globalization;
using Endless.Http.Native;

namespace Endless.Http.Supervision;

/// <summary>What the kernel says of a process in <c>/proc/PID/stat</c> (proc_pid_stat(5)).</summary>
internal static class ProcessStat
{
    // Fields after the program's name, which may have spaces and parentheses in it; the first is the state.
    private const int ProcessGroup = 2;
    private const int ForegroundGroup = 5;

    /// <summary>It has not ended. One that nobody has reaped has.</summary>
    internal static bool Lives(int processId) =>
        (Libc.kill(processId, 0) == 0 || Errno.Last != Errno.ESRCH) && Read(processId) is not [("Z" or "X"), ..];

    /// <summary>It is in the foreground process group of its terminal: what is typed there, Ctrl+C among it, is sent to it.</summary>
    internal static bool IsInForeground(int processId) =>
        Read(processId) is { Length: > ForegroundGroup } fields
        && int.TryParse(fields[ForegroundGroup], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var group) && group > 0
        && fields[ProcessGroup] == fields[ForegroundGroup];

    private static string[] Read(int processId)
    {
        try
        {
            var line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // no /proc, or one that hides it
        }
    }
}
