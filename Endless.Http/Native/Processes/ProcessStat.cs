using System.Globalization;

namespace Endless.Http.Native;

/// <summary>A process's line in /proc, as far as it is of use here: proc(5), stat.</summary>
/// <param name="Name">The program's name, its first 15 bytes; a zombie still has it.</param>
/// <param name="State">R, S, Z, ...</param>
/// <param name="Parent">Its parent.</param>
/// <param name="ProcessGroup">Its process group.</param>
/// <param name="Terminal">The device of its controlling terminal; 0 for none.</param>
/// <param name="ForegroundGroup">The process group that what is typed there, Ctrl+C among it, is sent to; -1 for no terminal.</param>
/// <param name="Flags">The kernel's flags of its first thread.</param>
/// <param name="StartTime">When it started, in clock ticks since boot.</param>
internal readonly record struct ProcessStat(string Name, char State, int Parent, int ProcessGroup, int Terminal, int ForegroundGroup, uint Flags, long StartTime)
{
    private const uint PF_EXITING = 4; // linux/sched.h

    /// <summary>It has ended, or is about to: a SIGHUP of the kernel's may be due to that.</summary>
    internal bool IsEnding => State is 'Z' or 'X' || (Flags & PF_EXITING) != 0;

    /// <summary>The process has not ended: one that nobody has reaped has. Where /proc is not to be read (none, or one that hides others'), it lives if it can be signalled.</summary>
    internal static bool Lives(int processId) => (Libc.kill(processId, 0) == 0 || Errno.Last != Errno.ESRCH) && Of(processId) is not { State: 'Z' or 'X' };

    /// <summary>The process is in the foreground process group of its terminal.</summary>
    internal static bool IsInForeground(int processId) => Of(processId) is { ForegroundGroup: > 0 } stat && stat.ProcessGroup == stat.ForegroundGroup;

    /// <summary>This process.</summary>
    internal static ProcessStat? OfSelf() => In("/proc/self");

    /// <summary>Null if there is no such process, or it is not to be seen.</summary>
    internal static ProcessStat? Of(int processId) => In(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"));

    /// <summary>The process whose directory of proc(5) this is. Null as above.</summary>
    internal static ProcessStat? In(string directory)
    {
        string line;
        try
        {
            line = File.ReadAllText($"{directory}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // Behind the name, which may hold anything; the fields are numbered from 1, and the third, the state, comes first here.
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessStat(
            line[(line.IndexOf('(') + 1)..line.LastIndexOf(')')], fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[2], CultureInfo.InvariantCulture),
            int.Parse(fields[4], CultureInfo.InvariantCulture), int.Parse(fields[5], CultureInfo.InvariantCulture),
            uint.Parse(fields[6], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
