using System.Globalization;

namespace Endless.Http.Load;

/// <summary>What a process has of the machine.</summary>
/// <param name="ResidentMegabytes">Its resident set, VmRSS of proc(5), in MiB.</param>
/// <param name="Descriptors">Its open sockets, pipes and the like, without those that come and go. Files are left out: which assemblies .NET has mapped so far differs.</param>
public readonly record struct ProcessFigures(double ResidentMegabytes, int Descriptors)
{
    /// <summary>A fresh connection is open for less than a millisecond of its two or three: the least of so many looks is one between them.</summary>
    private const int Looks = 30;

    /// <summary>Reads them of a living process.</summary>
    public static ProcessFigures Of(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = int.Parse(line.AsSpan("VmRSS:".Length, line.IndexOf(" kB", StringComparison.Ordinal) - "VmRSS:".Length), CultureInfo.InvariantCulture);
        var descriptors = int.MaxValue;
        for (var i = 0; i < Looks; i++)
        {
            descriptors = Math.Min(descriptors, Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count());
            Thread.Sleep(1);
        }
        descriptors -= Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count(link => new FileInfo(link).LinkTarget is ['/', ..]);
        return new ProcessFigures(kilobytes / 1024.0, descriptors);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"RSS {ResidentMegabytes:0.0} MiB, {Descriptors} fds");
}
