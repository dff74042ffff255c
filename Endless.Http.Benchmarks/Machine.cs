using System.Globalization;
using System.Runtime.InteropServices;

namespace Endless.Http.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, kernel, runtime.</summary>
    public static string Description =>
        $"{Processor()}, {Environment.ProcessorCount} cores shared by servers and load, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>Threads that ran or wanted to over the last minute: more than there are cores means that others used the machine too.</summary>
    public static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1] ?? RuntimeInformation.ProcessArchitecture.ToString();
}
