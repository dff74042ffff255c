using System.Globalization;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>What the target has used and holds.</summary>
/// <param name="CpuMilliseconds">Processor time since it started, in steps of 10 ms.</param>
/// <param name="ResidentBytes">Its memory.</param>
/// <param name="Threads">Its threads.</param>
internal readonly record struct TargetFigures(double CpuMilliseconds, long ResidentBytes, int Threads)
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every architecture that .NET runs on

    /// <summary>All zero if it is gone.</summary>
    public static TargetFigures Of(int pid)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return default;
        }
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture); // as proc(5) counts them
        return new TargetFigures((Field(14) + Field(15)) * 1000.0 / TicksPerSecond, Field(24) * Environment.SystemPageSize, (int)Field(20));
    }
}
