using System.Globalization;

namespace Endless.Http.Load;

/// <summary>What a process has of the machine.</summary>
/// <param name="ResidentMegabytes">Its resident set, VmRSS of proc(5), in MiB.</param>
/// <param name="Descriptors">Its open sockets, pipes and the like, without those that come and go. Files are left out: which assemblies .NET has mapped so far differs.</param>
/// <param name="Threads">Its threads.</param>
public readonly record struct ProcessFigures(double ResidentMegabytes, int Descriptors, int Threads)
{
    /// <summary>A fresh connection is open for less than a millisecond of its two or three: the least of so many looks is one between them.</summary>
    private const int Looks = 30;

    /// <summary>Reads them of a living process.</summary>
    public static ProcessFigures Of(int pid)
    {
        var status = File.ReadAllLines($"/proc/{pid}/status");
        int Field(string name) => int.Parse(Array.Find(status, line => line.StartsWith(name, StringComparison.Ordinal))!.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        var descriptors = int.MaxValue;
        for (var i = 0; i < Looks; i++)
        {
            // Each look leaves out its own files: a file that is opened between two looks is not counted in one and taken off in the other. What is closed meanwhile has no target.
            descriptors = Math.Min(descriptors, Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count(link => new FileInfo(link).LinkTarget is not (null or ['/', ..])));
            Thread.Sleep(1);
        }
        return new ProcessFigures(Field("VmRSS:") / 1024.0, descriptors, Field("Threads:"));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"RSS {ResidentMegabytes:0.0} MiB, {Descriptors} fds, {Threads} threads");
}
