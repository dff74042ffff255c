using System.Diagnostics;
using System.Globalization;

namespace Endless.Http.Tests.Torture;

/// <summary>A process of a family, from the moment it was first seen. Written under the family's lock.</summary>
internal sealed class Member(int pid, TimeSpan probation)
{
    /// <summary>The kernel counts a process's start in hundredths of a second.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(20);

    public int Pid { get; } = pid;

    /// <summary>A moment (<see cref="Stopwatch.GetTimestamp"/>) at which it had not been started yet, and not long before.</summary>
    public long Started { get; } = StartOf(pid);

    /// <summary>The probation that its parent has it pass: nothing is handed over to it before.</summary>
    public TimeSpan Probation { get; } = probation;

    /// <summary>Who said that it started it.</summary>
    public int? Parent { get; set; }

    /// <summary>It has called BeforeBegin.</summary>
    public bool Listens { get; set; }

    /// <summary>It has said that it drains.</summary>
    public bool Drains { get; set; }

    /// <summary>When the story killed it; null if it has not.</summary>
    public long? Killed { get; set; }

    /// <summary>What the story told it, which it does at a moment of its own.</summary>
    public Fate Fate { get; set; }

    public bool IsDoomed => Fate != Fate.Lives;

    /// <summary>When it was seen to be gone.</summary>
    public long? Gone { get; set; }

    /// <summary>How many it has open; null if it is gone.</summary>
    public int? Descriptors => Read(() => Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length);

    /// <summary>How many it could be allowed; null if it is gone.</summary>
    public int? DescriptorLimit => Read(() => int.Parse(File.ReadLines($"/proc/{Pid}/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture));

    /// <summary>Nothing keeps it from serving.</summary>
    public bool IsHealthy => Killed is null && !IsDoomed && Gone is null;

    /// <summary>Connections may have been handed over to it by then.</summary>
    public bool MayHoldOthers(long when) => when >= Started + (long)(Probation.TotalSeconds * Stopwatch.Frequency);

    /// <summary>It died of the story's doing before anything could be handed over to it: a restart that failed.</summary>
    public bool FailedARestart => Gone is { } gone && (IsDoomed ? !MayHoldOthers(gone) : Killed is { } killed && !MayHoldOthers(killed));

    /// <summary>It may have died of the story's doing in this span.</summary>
    public bool DiedBetween(long since, long until) =>
        Killed is { } killed ? killed <= until && (Gone ?? long.MaxValue) >= since
        : IsDoomed && Started <= until && (Gone ?? long.MaxValue) >= since;

    private static int? Read(Func<int> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null; // gone, or going
        }
    }

    private static long StartOf(int pid)
    {
        var now = Stopwatch.GetTimestamp();
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var ticks = long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
            var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            return now - (long)((uptime - ticks / 100.0 + Resolution.TotalSeconds) * Stopwatch.Frequency);
        }
        catch (IOException)
        {
            return now - Stopwatch.Frequency; // gone already
        }
    }
}
